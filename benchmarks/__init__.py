"""What the documents claim, measured; docs/benchmarks.md says how to read it."""
