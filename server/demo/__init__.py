"""The demonstration: its contracts, its people, and the provider they sign in with."""
