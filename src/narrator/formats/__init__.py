"""Finished tracks: a module for each format, behind one registry."""

from narrator.formats.format import FORMATS, Encoding, Format, Measured, Mixdown, Stream, check_bitrate, find_format

__all__ = ["FORMATS", "Encoding", "Format", "Measured", "Mixdown", "Stream", "check_bitrate", "find_format"]
