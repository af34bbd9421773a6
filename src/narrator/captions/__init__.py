"""A timeline to read: a file for each form."""
