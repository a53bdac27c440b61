"""The curated library: what may be answered, and how a trader's question finds it."""
