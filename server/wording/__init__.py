"""What things are called and how they look on a page, in each language."""
