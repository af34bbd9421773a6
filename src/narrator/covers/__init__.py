"""Covers of tracks: given pictures, made small and plain enough for every player."""

from narrator.covers.cover import Cover, make_cover

__all__ = ["Cover", "make_cover"]
