"""Tests of the scan of source trees."""
