"""Reading aloud for narrator: the sentences to be read, and the sheet to read them from."""
