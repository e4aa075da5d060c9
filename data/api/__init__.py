"""The HTTP API `/api/v1`: the product's own commands and queries for programs (PRODUCT.md F3).

`operation` is the registry, one file a kind of record: what is registered is served, checked, documented.
"""
