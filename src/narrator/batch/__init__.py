"""Many tracks at once."""
