"""What goes out: the outbox with its states, and the drain that sends from it."""
