"""The platform's administrators: who they are, and the providers they keep."""
