"""The browser chat: a messenger of our own at `/`, over plain HTTP and server-sent events."""
