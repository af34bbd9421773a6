"""Timelines as text: to read, for programs, and to show with the sound; one module for each format."""
