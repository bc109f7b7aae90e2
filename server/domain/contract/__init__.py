"""What a contract is made of: parties, establishments, sections; its days and its life."""
