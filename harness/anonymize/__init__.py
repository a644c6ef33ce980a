"""Ids, e-mail addresses and names replaced by others that look alike, everywhere and consistently.

A recording is read twice: once to learn what it holds, once to replace it. What is replaced:

* ids: cuids and UUIDs wherever they are, what fills a path parameter, what goes by ``id`` or ``...Id``;
* e-mail addresses wherever they are;
* names: what goes by ``name``, ``fullName``, ``workspaceName``, ``names`` and their like (``kinds.py``);
* labels of hosts below ``astronomer.run``, hosts of connections, and the addresses of avatars and of git.

An original that is long enough to be told from a word is replaced wherever it stands, in other text, URLs,
nested JSON and base64 too; a shorter one, or one that is a word of the contracts, only where its place says
what it is. Pseudonyms are made of a key (``pseudonyms.py``), so the same original has the same one in every
recording of a project. ``remains.py`` reads what was written, and shares no code with what replaced it.
"""

from harness.anonymize.anonymizer import Anonymizer
from harness.anonymize.remains import Remains

__all__ = ["Anonymizer", "Remains"]
