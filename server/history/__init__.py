"""The history of a text as pages: what it was, who wrote it, what changed between two moments."""
