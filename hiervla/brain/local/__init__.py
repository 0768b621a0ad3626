"""A vision-language model in this process as the brain: weights from a folder, held to the replies that are valid."""
