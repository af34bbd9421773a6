"""Narrator turns a written routine into a guided audio session of exactly the length asked for."""

__version__ = "0.1.0"
