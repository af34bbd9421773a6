"""Tracks as M4B files: players list them as audiobooks, and remember where one has stopped."""

from narrator.formats.m4.items import AUDIOBOOK
from narrator.formats.m4.track import M4

FORMAT = M4("M4B", b"M4B ", AUDIOBOOK)
