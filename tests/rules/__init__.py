"""Tests of the rules, a file for each file of rules."""
