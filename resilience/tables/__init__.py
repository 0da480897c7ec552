"""The tables the project ships: built, checked, loaded."""
