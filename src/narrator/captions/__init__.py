"""What is said when, to read and to show beside the sound: a file for each form, behind one registry."""
