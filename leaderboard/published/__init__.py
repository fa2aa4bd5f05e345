"""Scores that others have published, each as it was printed, with where it stands."""
