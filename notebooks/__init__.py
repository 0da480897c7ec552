"""What researchers open, in reading order; they call the library and hold no logic. See README.md."""
