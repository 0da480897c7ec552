"""Councils made of others: added up, scored, and what became of earlier ones."""
