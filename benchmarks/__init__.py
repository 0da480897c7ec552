"""Benchmarks: each command as a user runs it, against its limit."""
