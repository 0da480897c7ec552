"""The other publications: council tax, services, capital, context."""
