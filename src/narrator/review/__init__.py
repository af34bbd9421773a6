"""Warnings about a routine that a careful teacher would give before anyone practises with it."""
