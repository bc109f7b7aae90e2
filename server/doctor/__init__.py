"""Is this deployment sound, seen from where its people are, and what is there to mend? `docs/reference/doctor.md`."""
