"""Live documents: the wire, the guard, the rooms. Knows no page, role or signature."""
