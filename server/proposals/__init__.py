"""Proposals before the parties: read, compared, answered, accepted; and texts that change in no other way."""
