"""Engines: what can be asked to speak, a file each."""
