"""Programs in several languages that do the same work."""
