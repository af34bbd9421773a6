"""What a careful teacher would say of a routine before anyone practises with it."""
