"""`/offline`: a page that works without network, and the routes of its visits (PRODUCT.md F4)."""
