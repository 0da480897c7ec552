"""What the figures mean: the indicators the sector recognises."""
