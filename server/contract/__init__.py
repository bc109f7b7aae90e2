"""A contract's own pages: how it begins, its sections, its settings, its plan, its life."""
