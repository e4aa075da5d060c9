"""Work that nobody waits for: scheduled, or asked for by a command (PRODUCT.md P9)."""
