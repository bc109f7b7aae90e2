"""Contract files: read, examined, imported, exported."""
