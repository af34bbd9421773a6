"""Preparation of text for a voice: it is cut into breaths and put into words."""
