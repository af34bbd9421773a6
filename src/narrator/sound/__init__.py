"""Sound itself: segments, resampling, loudness and bells. Knows nothing of routines."""
