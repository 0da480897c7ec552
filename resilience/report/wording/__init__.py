"""Evidence → sentence: the only place that knows how a figure of the analysis is said."""
