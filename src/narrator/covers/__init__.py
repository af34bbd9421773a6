"""Covers of tracks: given pictures, made small and plain enough for every player, and drawn ones."""

from narrator.covers.cover import Cover, check_cover, make_cover

__all__ = ["Cover", "check_cover", "make_cover"]
