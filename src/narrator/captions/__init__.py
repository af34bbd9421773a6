"""Timelines as text and JSON, one module for each format."""
