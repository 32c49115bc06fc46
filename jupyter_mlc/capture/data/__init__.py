"""Data from wherever it comes: one table, its logical types, its digests, its profile."""
