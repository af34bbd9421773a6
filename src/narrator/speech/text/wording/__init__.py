"""Text put into the words that a voice is to say, a file for each language."""
