"""Tests of harness.intake."""
