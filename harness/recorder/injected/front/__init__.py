"""The directory that stands first in a recorded job's ``PYTHONPATH``; only ``sitecustomize`` may be in it."""
