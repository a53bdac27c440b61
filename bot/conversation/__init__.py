"""What is said: (memory, incoming) → turn, a function of values that knows no socket and no table."""
