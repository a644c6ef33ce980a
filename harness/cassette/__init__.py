"""Cassettes: recorded exchanges in vcrpy's file format, one file a side; the only module that knows vcrpy.

Stock vcrpy loads every file that is written here, and files that stock vcrpy wrote are played. What its
format cannot say is described in ``interaction.py``. A file that is missing, empty, damaged, cut short or
something else is an error that names the command to record it again; only :meth:`CassetteWriter.save`
ever writes, by atomic rename.
"""

from harness.cassette.interaction import to_exchange, to_interaction
from harness.cassette.player import Cassette
from harness.cassette.writing import CassetteWriter, Review, Unplaced, write_cassette

__all__ = [
    "Cassette",
    "CassetteWriter",
    "Review",
    "Unplaced",
    "to_exchange",
    "to_interaction",
    "write_cassette",
]
