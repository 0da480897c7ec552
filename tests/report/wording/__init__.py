"""Tests of the words, one module each; a package, so that their names may recur elsewhere."""
