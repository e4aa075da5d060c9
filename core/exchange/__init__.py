"""Import and export as pure rules: kinds and their columns, mappings, values, rows (P1, P2)."""
