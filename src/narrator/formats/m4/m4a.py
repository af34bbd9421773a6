"""Tracks as M4A files."""

from narrator.formats.m4.track import M4

FORMAT = M4("M4A", b"M4A ")
