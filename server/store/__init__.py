"""Where things are kept: rows in, domain values out."""
