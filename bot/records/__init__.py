"""What is kept: one noun a module, its table with its queries. Queries take the session first and never commit."""
