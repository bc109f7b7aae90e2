"""Drafts of proposals, private to their parties: begun, written, made anew from another, tabled."""
