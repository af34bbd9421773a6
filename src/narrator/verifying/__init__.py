"""A finished track compared with its session: decoded, and compared sample by sample with a new mix."""
