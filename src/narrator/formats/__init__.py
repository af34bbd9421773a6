"""Finished tracks: a module for each format, behind one registry."""
