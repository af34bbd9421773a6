"""Verifying of finished tracks: they are decoded and compared, sample by sample, with a new mix of the session."""
