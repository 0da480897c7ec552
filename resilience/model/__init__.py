"""What the figures say about risk."""
