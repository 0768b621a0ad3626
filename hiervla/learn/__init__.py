"""The cerebellum learns: demonstrations, training and the measuring of policies. Acting never imports this."""
