"""Islands to files: one module for each format."""
