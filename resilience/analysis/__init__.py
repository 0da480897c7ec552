"""Questions asked of a scored day: numbers and evidence only; the words for them stand in ``report``."""
