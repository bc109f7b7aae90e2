"""The rules about people: seats, invitations, mandates, what they confirm, what the security journal tells."""
