"""The panel where chamber staff work."""
