"""Tests of what runs first in a recorded job."""
