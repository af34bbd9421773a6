"""Batches: many tracks in one run."""
