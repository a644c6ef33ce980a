"""Tests of the sandbox, over a real socket wherever a request is made."""
