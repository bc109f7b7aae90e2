"""The rules of a text: its grammar, its authors, its past told in words."""
