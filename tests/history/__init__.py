"""Tests of what is kept of runs."""
