"""Mirrors bot."""
