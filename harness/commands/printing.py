"""The door to standard output and error: nothing in it is a command to a terminal or a CI service.

Text that is printed may come from responses, from names of files and from what the caller wrote.
"""

from __future__ import annotations

import re
from io import StringIO
from typing import Final, TextIO

_SUSPECT = re.compile(r"::|##|[^\n\t\x20-\x7e]")
"""What is in every text that has to be changed: most have none of it, and cost no import."""
_JSON: Final = frozenset({"json", "sarif", "ctrf", "gitlab"})
_AS_IT_IS: Final = frozenset({"github", "html"})
"""What is commands itself, in which nothing that is shown is another; and a page, which is for no log."""


class Printed(StringIO):
    """A stream for people in front of a stream of the process; ``plain`` is that one."""

    def __init__(self, plain: TextIO) -> None:
        """Take the stream that all goes to."""
        super().__init__()
        self.plain = plain
        self._begun = ""

    def write(self, text: str) -> int:
        """Write the lines that are whole now; the rest waits for its end, because commands begin lines."""
        lines, end, rest = text.rpartition("\n")
        if end:
            self.plain.write(_for_people(f"{self._begun}{lines}\n"))
            self._begun = ""
        self._begun += rest
        return len(text)

    def finish(self) -> None:
        """Write what waits."""
        begun, self._begun = self._begun, ""
        if begun:
            self.plain.write(_for_people(begun))

    def flush(self) -> None:
        """Write what waits, and let the process's stream do so."""
        self.finish()
        self.plain.flush()


def put(out: TextIO, text: str, form: str) -> None:
    """Write text in one of the formats of our commands.

    JSON and XML stay what they are: there are other ways to write in them what would be a command.
    """
    stream = out.plain if isinstance(out, Printed) else out
    if form in _AS_IT_IS:
        stream.write(text)
    elif form in _JSON:
        stream.write(_quieted_in(text, r"\u0023"))
    elif form == "junit":
        stream.write(_quieted_in(text, "&#35;"))
    else:
        out.write(text)


def _quieted_in(text: str, sign: str) -> str:
    """Write the number sign of a command as ``sign``; no line of JSON or XML begins with the other one."""
    from harness.report.workflow_commands import respelled

    return respelled(text, sign) if "##" in text else text


def _for_people(text: str) -> str:
    if not _SUSPECT.search(text):
        return text
    from harness.report.workflow_commands import for_people

    return for_people(text)
