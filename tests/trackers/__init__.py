"""Tests of the trackers, against small ones on this machine."""
