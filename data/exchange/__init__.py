"""Import and export: reading and writing files, and what becomes of their rows in the store."""
