"""Signing in, confirming an act by a fresh sign-in, signing out; one's own sessions, and how they end."""
