"""What a text or a plan would be with a proposal in it, now, and whether it may be taken over."""
