"""Keeping the whole company in one file, bringing it back, and moving it to another database (P7, P11).

A copy is independent of the database: every table as lines of JSON with the kinds of its columns, every file
under its hash, and a manifest that counts and sums both, so that each copy is held against its original.
"""
