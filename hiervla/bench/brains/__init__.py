"""What brains are worth: whole missions behind real HTTP, and the instructions of the bench of language."""
