"""How often the list was right: the rolling back test, other people's rules, other learners, past lists."""
