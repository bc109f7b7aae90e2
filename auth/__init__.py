"""Who someone is and what they may do. Knows no contract and no room."""
