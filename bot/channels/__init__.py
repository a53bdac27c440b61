"""Channels: a platform's JSON ⇄ our messages. Twins; what differs between them is data."""
