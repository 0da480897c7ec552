"""Council financial resilience: an early-warning model from published figures alone."""
