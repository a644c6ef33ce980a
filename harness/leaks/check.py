"""The check: exchanges, texts and whole files, read back and looked through for secrets."""

from __future__ import annotations

import io
import json
import re
import zipfile
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from harness.cassette import Cassette
from harness.document import DocumentError, read_document
from harness.errors import CassetteError, Problem, UsageError
from harness.exchange import Exchange, Headers, header
from harness.leaks.layers import LARGEST, readable_layers, unpacked
from harness.leaks.looks import Looks
from harness.leaks.names import Names
from harness.settings import SecretRules
from harness.struct import Struct, replace

_SHORTEST: Final = 6
"""Bytes of a known value; a shorter one is found inside ordinary words."""
_LARGE: Final = 4 << 20
"""Bytes of a file that are looked through in a few seconds."""
_LARGEST_ENTRY: Final = 256 << 20
_LARGEST_ARCHIVE: Final = 1 << 30
_DEEPEST: Final = 5
"""Files in each other: some unpack to themselves."""
_MOST_CLEAN: Final = 1 << 18
"""How many texts are remembered, by their hashes, as having nothing in them."""
_MOST_CLEAN_LINES: Final = 1 << 16
"""How many lines are remembered so as they are."""
_SHORT_LINE: Final = 128
_LONG_LINE: Final = 1 << 16
_OVERLAP: Final = 1 << 13
_BASE64 = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_LONG_BASE64: Final = 60
"""Characters of a line of base64 that more of it may follow."""
_ALLOWED = re.compile(rb"(?:#|//)\s*pragma: allowlist secret\s*$")
"""A comment by which a person vouches for a line; detect-secrets and its users know the same one."""
_DATA: Final = frozenset({".har", ".html", ".json", ".jsonl", ".log", ".xml", ".zip"})

_TEXTS: Final = frozenset(
    {".bash", ".cfg", ".conf", ".env", ".go", ".ini", ".java", ".js", ".log", ".properties", ".ps1", ".py"}
    | {".rb", ".sh", ".tf", ".toml", ".ts", ".txt", ".xml"}
)
"""What is no data that is read as such, and gives values names all the same."""


class Leak(Struct, frozen=True, kw_only=True):
    """A secret that is in a file; the secret itself is in no field.

    ``line`` counts from 1, and is 0 where it is not known. ``place`` says where in what is written there,
    such as ``exchange 3, response body``.
    """

    path: str
    what: str
    line: int = 0
    place: str = ""

    @property
    def where(self) -> str:
        """The file, and the line where it is known."""
        return f"{self.path}:{self.line}" if self.line else self.path

    def __str__(self) -> str:
        """Say it in one sentence."""
        return f"{self.where}: {f'{self.place}: ' if self.place else ''}{self.what}"


class LeakCheck:
    """Looks for known values under every encoding, for what looks like a secret, and for names of secrets."""

    def __init__(
        self,
        secrets: Mapping[str, str],
        rules: SecretRules | None = None,
        tell: Callable[[str], object] = lambda _: None,
    ) -> None:
        """Take the real values that this process knows, by name, and what the project adds.

        ``tell`` gets a sentence before a file is looked through that takes more than a few seconds.
        """
        self._tell = tell
        rules = rules or SecretRules()
        self._known = {
            name: value.encode("utf-8", "surrogatepass")
            for name, value in secrets.items()
            if len(value.encode("utf-8", "surrogatepass")) >= _SHORTEST
        }
        self._shortest = min(map(len, self._known.values()), default=_SHORTEST)
        self._names = Names(rules.names)
        self._written_names = Names(rules.names, answers=False)
        self._looks = Looks(rules.patterns)
        self._clean: set[bytes] = set()
        self._clean_lines: set[bytes] = set()

    def file(self, path: Path, shown: Path | None = None) -> list[Leak]:
        """Look through a file: a cassette, JSON, YAML, text, or an archive of such.

        ``shown`` is what it is called to people, where that is not its path.

        Raises:
            UsageError: it cannot be read, or holds more than can be looked through.
        """
        try:
            content = path.read_bytes()
        except OSError as error:
            what = f"the file cannot be read ({error.strerror or error})"
            raise UsageError(Problem(where=str(path), what=what)) from error
        digest = _digest(content, f"a file {path.suffix}")
        if digest in self._clean:
            return []
        if len(content) >= _LARGE:
            size = f"{len(content) >> 20} MiB"
            self._tell(f"{shown or path}: {size} are looked through for secrets; this takes a few seconds.")
        leaks = [*dict.fromkeys(self._content(str(path), path.suffix.lower(), content, path))]
        if not leaks:
            self._note_clean(digest)
        return leaks

    def written(self, written: Path, shown: Path) -> list[Leak]:
        """Look through a file that is to become another one, by whose name leaks go.

        Raises:
            UsageError: as for :meth:`file`.
        """
        return [replace(leak, path=str(shown)) for leak in self.file(written, shown)]

    def exchange(self, exchange: Exchange) -> list[tuple[str, str, str]]:
        """Look through an exchange; return in which part each secret is, what it is, and the secret."""
        return list(self._exchange(exchange))

    def has_secret(self, line: str) -> bool:
        """Whether a line of code, of settings or of a log has a secret."""
        return any(self._written_names.in_text(line)) or any(self.text(line.encode("utf-8", "replace")))

    def text(self, content: bytes) -> Iterator[tuple[int, str]]:
        """Look through any text or bytes; yield the line of each secret, and what it is."""
        clean: set[bytes] = set()
        for first, lines in _blocks(content):
            block = b"".join(lines)
            # The same lines come many times in a cassette, and in many cassettes.
            if block in self._clean_lines or block in clean:
                continue
            if len(lines) > 1 and self._is_clean_in_base64(block):
                continue
            found = self._in_line(block)
            if not found:
                lasting = len(block) <= _SHORT_LINE and len(self._clean_lines) < _MOST_CLEAN_LINES
                (self._clean_lines if lasting else clean).add(block)
                continue
            exact = [(first + at, what) for at, line in enumerate(lines) for what in self._in_line(line)]
            yield from exact or ((first, what) for what in found)

    def _is_clean_in_base64(self, block: bytes) -> bool:
        """Whether it is the base64 of something that was looked through, as a body is in a cassette."""
        try:
            return _digest(b64decode(block, validate=True)) in self._clean
        except ValueError:
            return False

    def _in_line(self, line: bytes) -> list[str]:
        return [what for piece in _pieces(line) for what, _ in self._found(piece)]

    def _content(
        self, name: str, suffix: str, content: bytes, path: Path | None = None, depth: int = 0
    ) -> Iterator[Leak]:
        if depth > _DEEPEST:
            what = "it is packed more often than can be looked through"
            raise UsageError(Problem(where=name, what=what, advice="Unpack it, and check what was in it."))
        if suffix == ".zip" or content.startswith(b"PK\x03\x04"):
            yield from self._archive(name, content, depth + 1)
            return
        plain = unpacked(content)
        if len(plain) >= LARGEST:
            what = f"it unpacks to {LARGEST >> 20} MiB or more, which is more than can be looked through"
            raise UsageError(Problem(where=name, what=what, advice="Unpack it, and check what was in it."))
        if plain:
            suffix = Path(name.removesuffix(".gz")).suffix
            yield from self._content(name, suffix, plain, depth=depth + 1)
            return
        leaks = list(self._leaks(name, suffix, content, path))
        # What comes from a response could say this of itself; what a person wrote has comments.
        if leaks and suffix not in _DATA and b"interactions" not in content:
            lines = content.split(b"\n")
            leaks = [leak for leak in leaks if not (leak.line and _ALLOWED.search(lines[leak.line - 1]))]
        yield from leaks

    def _leaks(self, name: str, suffix: str, content: bytes, path: Path | None) -> Iterator[Leak]:
        yield from self._structure(name, suffix, content, path)
        for number, what in self.text(content):
            yield Leak(path=name, line=number, what=what)

    def _archive(self, name: str, content: bytes, depth: int) -> Iterator[Leak]:
        left = _LARGEST_ARCHIVE
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for entry in archive.infolist():
                    left -= entry.file_size
                    if entry.file_size > _LARGEST_ENTRY or left < 0:
                        what = f"`{entry.filename}` in it is larger than what can be looked through"
                        raise UsageError(Problem(where=name, what=what, advice="Unpack it, and check that."))
                    inside = f"{name}!{entry.filename}"
                    ending = Path(entry.filename).suffix.lower()
                    yield from self._content(inside, ending, archive.read(entry), depth=depth)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
            advice = "Unpack it, and check what was in it."
            raise UsageError(Problem(where=name, what="the archive cannot be read", advice=advice)) from error

    def _structure(self, name: str, suffix: str, content: bytes, path: Path | None) -> Iterator[Leak]:
        """Look through what a file says as data; what is damaged is looked through as text only."""
        if path is not None and suffix in {".yaml", ".yml", ".json"} and b"interactions" in content:
            try:
                exchanges: Iterable[Exchange] = Cassette.load(path).exchanges
            except CassetteError:
                exchanges = ()
            for number, exchange in enumerate(exchanges, 1):
                for part, what, secret in self._exchange(exchange):
                    place = f"exchange {number} ({exchange.request.method}), {part}"
                    yield Leak(path=name, line=_line_of(secret, content), what=what, place=place)
            if exchanges:
                return
        if suffix in _TEXTS:
            for key, secret in self._written_names.in_text(content.decode("utf-8", "replace")):
                yield Leak(path=name, line=_line_of(secret, content), what=_by_name(key))
        for value in _data(name, suffix, content):
            yield from self._folded(name, content, value)
            for key, secret in self._written_names.in_json(value):
                yield Leak(path=name, line=_line_of(secret, content), what=_by_name(key))

    def _folded(self, name: str, content: bytes, value: Any) -> Iterator[Leak]:
        """Look for what goes on in the next line; in one piece it is found as text, with its line."""
        folded = {each: known for each, known in self._known.items() if known not in content}
        if folded:
            said = b"\n".join(text.encode("utf-8", "replace") for text in _texts(value))
            for each in (each for each, known in folded.items() if known in said):
                yield Leak(path=name, what=f"the value of {each}, in broken lines")

    def _exchange(self, exchange: Exchange) -> Iterator[tuple[str, str, str]]:
        request, response = exchange.request, exchange.response
        yield from self._part("method", request.method.encode("utf-8", "replace"))
        yield from self._part("URL", request.url.encode("utf-8", "replace"))
        for key, secret in self._names.in_url(request.url):
            yield "URL", _by_name(key), secret
        yield from self._message("request", request.headers, request.content)
        if response is not None:
            yield from self._message("response", response.headers, response.content)
        if exchange.failure is not None:
            yield from self._part("failure", exchange.failure.message.encode("utf-8", "replace"))

    def _message(self, what: str, headers: Headers, content: bytes) -> Iterator[tuple[str, str, str]]:
        lines = "\n".join(f"{name}: {value}" for name, value in headers)
        yield from self._part(f"{what} headers", lines.encode("utf-8", "replace"))
        for key, secret in self._names.in_headers(headers):
            yield f"{what} headers", _by_name(key), secret
        yield from self._part(f"{what} body", content)
        media = (header(headers, "content-type") or "").lower()
        digest = _digest(content, media)
        if digest in self._clean:
            return
        named = list(self._names.in_content(unpacked(content) or content, media))
        for key, secret in named:
            yield f"{what} body", _by_name(key), secret
        if not named:
            self._note_clean(digest)

    def _part(self, part: str, data: bytes) -> Iterator[tuple[str, str, str]]:
        for what, secret in self._found(data):
            yield part, what, secret

    def _found(self, data: bytes) -> Iterator[tuple[str, str]]:
        """Yield what is in some bytes, and the secret itself, which is only there to find its line."""
        digest = _digest(data)
        if digest in self._clean:
            return
        told: set[str] = set()
        for layer, text, how in readable_layers(data, self._shortest):
            inside = f", in {how}" if how else ""
            for name, value in self._known.items():
                if value in layer and name not in told:
                    told.add(name)
                    yield f"the value of {name}{inside}", value.decode("utf-8", "replace")
            for look, secret in self._looks.find(text.decode("utf-8", "replace")):
                if look not in told:
                    told.add(look)
                    yield f"{look}{inside}", secret
        if not told:
            self._note_clean(digest)

    def _note_clean(self, digest: bytes) -> None:
        """Remember that there was nothing: the same fields and resources come many times in a recording."""
        if len(self._clean) >= _MOST_CLEAN:
            self._clean.clear()
        self._clean.add(digest)


def _digest(data: bytes, media: str | None = None) -> bytes:
    """Return what stands for data that was looked through as bytes, or, with a media type, as a body."""
    key = b"" if media is None else blake2b(media.encode("utf-8", "replace"), digest_size=16).digest()
    return blake2b(data, digest_size=16, key=key).digest()


def _data(name: str, suffix: str, content: bytes) -> Iterator[Any]:
    if suffix in {".json", ".har"}:
        yield _json(content)
    elif suffix == ".jsonl":
        yield from map(_json, content.splitlines())
    elif suffix in {".yaml", ".yml"}:
        with suppress(DocumentError):
            yield read_document(content.decode("utf-8", "replace"), name, scalar_keys=True).data


def _texts(value: Any) -> Iterator[str]:
    """Yield all strings of a document."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            waiting += [*each, *each.values()]
        elif isinstance(each, list):
            waiting += each


def _json(text: bytes) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _by_name(name: str) -> str:
    shown = "".join(letter if letter.isprintable() else "?" for letter in name)[:60]
    return f"the value by the name `{shown}`"


def _line_of(secret: str, content: bytes) -> int:
    """Return the line on which a secret stands as it is; 0 where it is written otherwise."""
    start = content.find(secret.partition("\n")[0].encode("utf-8", "replace"))
    return content.count(b"\n", 0, start) + 1 if start >= 0 else 0


def _blocks(content: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """Yield lines with the number of the first: one by one, but what is base64 on and on together.

    The lines of one base64 text are nothing by themselves, and take far longer one by one.
    """
    block: list[bytes] = []
    number = 0
    for number, line in enumerate(content.split(b"\n"), 1):
        bare = line.strip()
        if len(bare) % 4 == 0 and (block or len(bare) >= _LONG_BASE64) and _BASE64.fullmatch(bare):
            block.append(bare)
            continue
        if block:
            yield number - len(block), block
            block = []
        yield number, [line]
    if block:
        yield number - len(block) + 1, block


def _pieces(line: bytes) -> Iterator[bytes]:
    """Cut a long line in pieces that overlap, so that looking through it takes time in proportion."""
    for start in range(0, max(len(line) - _OVERLAP, 1), _LONG_LINE - _OVERLAP):
        yield line[start : start + _LONG_LINE]
