"""The conversation: memory and an incoming message make a turn."""
