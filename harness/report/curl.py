"""A recorded request as a command of curl, to paste into a shell: the token is left to the environment.

The command asks for what the evidence shows. Where a secret was replaced by the name of its variable, the
shell fills that variable in; everything else stands in single quotes, where a shell changes nothing.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import Final

from harness.exchange import Body, BodyKind, Headers
from harness.redact import PLACEHOLDER
from harness.report.words import visible

TOKEN: Final = "ASTRO_API_TOKEN"  # noqa: S105 - the name of a variable
"""The variable of the token where the evidence does not name another one."""

LONGEST_BODY: Final = 4_000
"""Characters of a body that a command holds; a longer one is read from a file."""

_OWN = frozenset({"host", "accept-encoding", "connection", "user-agent", "content-length"})
"""Fields that curl writes itself."""
_SECRET = re.compile(rf"({PLACEHOLDER.pattern})")
_VARIABLE = re.compile(r"\[([A-Z][A-Z0-9_]*)\]")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")


def curl(method: str, url: str, headers: Headers, body: Body) -> str:
    """Write a request as a command on several lines."""
    parts = ["curl --include --globoff"]
    if method != "GET":
        parts[0] += f" --request {shlex.quote(visible(method))}"
    parts.append(f"--url {shlex.quote(visible(url))}")
    parts += [
        f"--header {_header(name, value)}"
        for name, value in headers
        # A field with a line break would be two fields; curl refuses it, and so do servers.
        if name.lower() not in _OWN and not _UNSAFE.search(name + value)
    ]
    if sent := _body(body):
        parts.append(sent)
    return " \\\n  ".join(parts)


def _header(name: str, value: str) -> str:
    """Quote a field; of a secret that was replaced the shell fills in the variable."""
    pieces = _SECRET.split(f"{visible(name)}: {visible(value)}")
    if len(pieces) == 1:
        return shlex.quote(pieces[0])
    # Placeholders are every second piece. Quoted pieces side by side are one word.
    quoted = [_variable(each) if at % 2 else each and shlex.quote(each) for at, each in enumerate(pieces)]
    return "".join(quoted)


def _variable(placeholder: str) -> str:
    known = _VARIABLE.fullmatch(placeholder)
    return f'"${known[1] if known else TOKEN}"'


def _body(body: Body) -> str:
    if body.kind is BodyKind.EMPTY:
        return ""
    if body.kind is BodyKind.JSON:
        try:
            text = json.dumps(body.data, ensure_ascii=True)
        except RecursionError:
            text = ""
    else:
        text = body.data if isinstance(body.data, str) else ""
    if not text or len(text) > LONGEST_BODY or _UNSAFE.sub("", text) != text:
        return "--data-binary @body.txt"
    return f"--data-raw {shlex.quote(visible(text))}"
