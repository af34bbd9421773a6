"""A person's recordings as a voice: the manifest of a voice's folder, and how takes are cut into its sentences."""
