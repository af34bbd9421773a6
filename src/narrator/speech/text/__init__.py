"""Text on its way to a voice: cut where one breathes, and put into words."""
