"""Tests of harness.doctor."""
