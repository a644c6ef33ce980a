"""Tests of the resource families: made through one version, read through the other."""
