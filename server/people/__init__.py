"""The people of the parties: invited, seated, mandated, and forgotten when they ask."""
