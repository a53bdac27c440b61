"""Platforms, as HTTP servers on loopback."""
