"""What a contract is: plain Python, no framework."""
