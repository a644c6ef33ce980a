"""What goes on a ticket: the page, the Markdown, and an archive of the exchanges.

Equal runs give equal bytes: whoever attaches the bundle again can see that nothing changed.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Final

from harness.report.exchanges import pair_documents
from harness.report.html import render_html
from harness.report.run_json import json_parts
from harness.report.ticket import TicketPart, ticket_markdown
from harness.struct import Struct

_BEGINNING: Final = (1980, 1, 1, 0, 0, 0)
"""The first time that an archive can hold; that of writing would make equal runs differ."""

_UNIX: Final = 3
_READABLE: Final = 0o100644 << 16


class Bundle(Struct, frozen=True, kw_only=True):
    """The texts of a bundle: ``texts`` by file name, ``archived`` by path in ``exchanges.zip``."""

    texts: Mapping[str, str]
    archived: Mapping[str, str]

    def files(self) -> dict[str, bytes]:
        """Return the files by name."""
        made = {name: text.encode() for name, text in self.texts.items()}
        return made | {"exchanges.zip": archive(self.archived.items())}


def bundle_of(part: TicketPart, tracker: str) -> Bundle:
    """Make the bundle of a ticket; the Markdown is within what the tracker takes in one comment."""
    whole = "".join(json_parts(part.run, part.assessment, part.history))
    return Bundle(
        texts={
            "report.html": render_html(part.run, part.assessment, part.history),
            "report.md": ticket_markdown(part, tracker),
        },
        archived={"run.json": whole, **dict(pair_documents(part.run))},
    )


def archive(files: Iterable[tuple[str, str]]) -> bytes:
    """Pack texts into a zip file, in the order in which they come; equal texts give equal bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for name, text in files:
            entry = zipfile.ZipInfo(name, _BEGINNING)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = _READABLE
            made.writestr(entry, text.encode(), compresslevel=9)
    return packed.getvalue()
