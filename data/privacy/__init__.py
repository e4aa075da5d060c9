"""What is kept about one person: found, handed over, erased."""
