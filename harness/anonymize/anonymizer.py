"""Exchanges with what is personal in them replaced, once all of a recording was seen."""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache, partial
from typing import Final
from urllib.parse import quote, unquote, unquote_plus

from harness.anonymize.json_strings import Visit, is_json, rewrite_json
from harness.anonymize.kinds import CATALOGUES, Kind, is_constant, kind_of
from harness.anonymize.originals import Originals
from harness.anonymize.pseudonyms import EMAIL, Pseudonyms
from harness.charset import declared_charset, rewritten
from harness.contract import V1, V1BETA1, Contract, Operation, load_contract
from harness.exchange import Exchange, Headers, Request, Response
from harness.inquiry import below_base
from harness.packing import SealedError, repacked
from harness.redact import PLACEHOLDER
from harness.struct import replace

_ENCODED = re.compile("""[^\\s&=?#"'<>/\\\\]*%[0-9A-Fa-f]{2}[^\\s&=?#"'<>/\\\\]*""")
_CODED = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,}={0,2}(?![A-Za-z0-9+/_=-])")
_SEVERAL = re.compile(r"[\s,]")
"""What ids in one text stand apart by."""
_DEEPEST: Final = 4
_PATH: Final = "pathId"
"""The name that what fills a path parameter goes by: every one of them is an id."""


class Anonymizer:
    """Learns what is personal in exchanges, then replaces it; the secrets were taken out before."""

    def __init__(self, key: bytes) -> None:
        """Take the key of the project's placeholders."""
        self.originals = Originals()
        self._pseudonyms = Pseudonyms(key)
        self._contracts = {version: load_contract(version) for version in (V1BETA1, V1)}
        self._replaced = lru_cache(maxsize=1 << 16)(self._replace)
        # The same texts come many times, and are learned once.
        self._noted = lru_cache(maxsize=1 << 16)(self._note)

    def learn(self, exchange: Exchange) -> None:
        """Note what is personal in an exchange."""
        self._rewritten(exchange, self._noted)
        self._replaced.cache_clear()

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return an exchange with everything replaced that was learned, and what looks like it."""
        return self._rewritten(exchange, self._replaced)

    def _rewritten(self, exchange: Exchange, visit: Visit) -> Exchange:
        request, response, failure = exchange.request, exchange.response, exchange.failure
        operation = self._operation(request)
        answer = _without_names(visit) if operation is not None and operation.id in CATALOGUES else visit
        return replace(
            exchange,
            request=Request(
                method=request.method,
                url=_url(request.url, operation, visit),
                headers=_headers(request.headers, visit),
                content=_content(request.content, request.headers, visit),
            ),
            response=_response(response, answer) if response else None,
            failure=replace(failure, message=visit(failure.message, "")) if failure else None,
        )

    def _operation(self, request: Request) -> Operation | None:
        base, rest = below_base(request.url)
        version = V1BETA1 if base.endswith(V1BETA1) else V1
        contract: Contract = self._contracts[version]
        return contract.find(request.method, rest.partition("?")[0])

    def _note(self, value: str, field: str) -> str:
        """Learn from a text, and leave it as it is."""
        kind = kind_of(field) if field else None
        if kind is not None and self._is_personal(kind, value):
            self.originals.add(kind, value)
        for found in self.originals.within(value):
            if not self._pseudonyms.is_own(found.original):
                self.originals.add(found.kind, found.original)
        _inside(value, self._noted, 0)
        return value

    def _is_personal(self, kind: Kind, value: str) -> bool:
        return (
            any(map(str.isalnum, value))
            and not PLACEHOLDER.fullmatch(value)
            and not is_constant(kind, value)
            and not self._pseudonyms.is_own(value)
            and (kind is not Kind.EMAIL or EMAIL.fullmatch(value) is not None)
            and not (kind is Kind.ID and _SEVERAL.search(value))
        )

    def _replace(self, value: str, field: str, depth: int = 0) -> str:
        kind = kind_of(field) if field else None
        if kind is not None and value in self.originals.known and not is_constant(kind, value):
            return self._pseudonyms.of(self.originals.known[value], value)
        if depth < _DEEPEST and is_json(value):
            return _inside(value, lambda text, name: self._replace(text, name, depth + 1), depth)
        parts = []
        done = 0
        for found in self.originals.within(value):
            parts += [value[done : found.start], self._pseudonyms.of(found.kind, found.original)]
            done = found.end
        text = "".join([*parts, value[done:]])
        return _inside(text, lambda inner, name: self._replace(inner, name, depth + 1), depth)


def _without_names(visit: Visit) -> Visit:
    """Take the fields of a catalogue for what they are: of nobody, whatever they are called."""
    return lambda value, field: visit(value, "" if kind_of(field) is not Kind.ID else field)


def _url(url: str, operation: Operation | None, visit: Visit) -> str:
    """Rewrite what is below a base URL: what fills parameters, segments of unknown paths, the query."""
    base = below_base(url)[0]
    address, hash_, fragment = url[len(base) :].partition("#")
    path, mark, query = address.partition("?")
    segments = path.split("/")
    literals = operation.path.split("/") if operation else []
    if len(literals) < len(segments):
        literals += [""] * (len(segments) - len(literals))
    for at, (segment, literal) in enumerate(zip(segments, literals, strict=True)):
        fills = literal.startswith("{")
        if segment and (fills or not literal):
            segments[at] = _spelled(segment, visit(unquote(segment), _PATH if fills else ""), plus=False)
    query = "&".join(_parameter(pair, visit) for pair in query.split("&")) if query else ""
    return f"{base}{'/'.join(segments)}{mark}{query}{hash_}{visit(fragment, '') if fragment else ''}"


def _parameter(pair: str, visit: Visit) -> str:
    name, equals, value = pair.partition("=")
    new = visit(unquote_plus(value), unquote_plus(name))
    return f"{name}{equals}{_spelled(value, new, plus=True)}"


def _spelled(spelling: str, new: str, *, plus: bool) -> str:
    """Percent-encode what is new; what did not change keeps its spelling."""
    plain = unquote_plus(spelling) if plus else unquote(spelling)
    return spelling if new == plain else quote(new, safe="", errors="replace")


def _headers(headers: Headers, visit: Visit) -> Headers:
    return tuple((name, visit(value, "")) for name, value in headers)


def _response(response: Response, visit: Visit) -> Response:
    headers = _headers(response.headers, visit)
    content = _content(response.content, response.headers, visit)
    return replace(response, headers=headers, content=content)


def _content(content: bytes, headers: Headers, visit: Visit) -> bytes:
    """Rewrite the bytes of a body; what is packed is packed again, what is no text stays as it is."""
    if not content:
        return content
    change = partial(_bytes, charset=declared_charset(headers), visit=visit)
    try:
        return repacked(content, change)
    except SealedError:
        return change(content)


def _bytes(content: bytes, *, charset: str, visit: Visit) -> bytes:
    """Rewrite what is not packed."""
    if charset or b"\0" in content:
        content = rewritten(content, charset, lambda text: _same(text, _text(text, visit)))
    for codec in ("utf-8", "latin-1"):
        try:
            text = content.decode(codec)
        except UnicodeDecodeError:
            continue
        new_text = _text(text, visit)
        return content if new_text == text else new_text.encode(codec, "surrogatepass")
    return content


def _same(text: str, new: str) -> str:
    return text if new == text else new


def _text(text: str, visit: Visit) -> str:
    """Rewrite JSON, lines of JSON, a form, or any other text."""
    if is_json(text):
        return rewrite_json(text, visit)
    lines = text.splitlines(keepends=True)
    if len(lines) > 1 and all(map(is_json, filter(str.strip, lines))):
        return "".join(rewrite_json(line, visit) for line in lines)
    if re.fullmatch(r"[\w.%+-]+=[^\s&]*(?:&[\w.%+-]+=[^\s&]*)*", text):
        return "&".join(_parameter(pair, visit) for pair in text.split("&"))
    return visit(text, "")


def _inside(value: str, visit: Visit, depth: int) -> str:
    """Rewrite what is encoded in a text: JSON, percent-encoding, base64."""
    if depth >= _DEEPEST:
        return value
    if is_json(value):
        return rewrite_json(value, visit)
    if "%" in value:
        value = _ENCODED.sub(lambda run: _percent(run[0], visit), value)
    return _CODED.sub(lambda run: _coded(run[0], visit), value) if len(value) >= 12 else value


def _percent(run: str, visit: Visit) -> str:
    plain = unquote(run)
    new = visit(plain, "") if plain != run else plain
    return run if new == plain else quote(new, safe="", errors="replace")


def _coded(run: str, visit: Visit) -> str:
    """Rewrite the text that a run of base64 stands for, where it stands for one."""
    url_safe = "-" in run or "_" in run
    bare = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        plain = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return run
    if not plain.isprintable():
        return run
    new = visit(plain, "")
    if new == plain:
        return run
    coded = (base64.urlsafe_b64encode if url_safe else base64.b64encode)(new.encode()).decode()
    return coded if run.endswith("=") or len(run) % 4 == 0 else coded.rstrip("=")
