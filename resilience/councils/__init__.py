"""Who the councils are, and what became of them."""

from resilience.councils.lineage import reorganisations
from resilience.councils.register import Council, council, load_councils, resolve

__all__ = ["Council", "council", "load_councils", "reorganisations", "resolve"]
