"""Tests of harness.starting."""
