"""Identity providers: kept, tried, and the ready-made ways of the usual ones."""
