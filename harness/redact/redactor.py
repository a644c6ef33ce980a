"""The redactor: headers, URLs, JSON, text, bodies, and whole exchanges."""

from __future__ import annotations

import hmac
import json
import re
import secrets as random_source
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from urllib.parse import quote, unquote, unquote_plus

from harness.charset import MARKS, declared_charset, rewritten
from harness.exchange import BodyKind, Exchange, Failure, Headers, Json, Request, Response
from harness.packing import SealedError, repacked
from harness.quick_json import is_json
from harness.redact.assignments import Assignments, names_before
from harness.redact.clean_bodies import CleanBodies, mark_of
from harness.redact.coded import hide_coded, may_hold_coded
from harness.redact.echoes import without_echoes
from harness.redact.edition import edition
from harness.redact.json_text import JsonRedaction
from harness.redact.known import Known
from harness.redact.looks import LOOKS, hidden_in_code, is_credential
from harness.redact.names import PLACEHOLDER, PROBE, is_setting, reader_of
from harness.redact.settled import is_settled
from harness.settings import SecretRules, Settings
from harness.struct import replace

_MASK = re.compile(r"[*•]+")
_SCHEMES = frozenset({"apikey", "basic", "bearer", "digest", "negotiate", "token"})
_COOKIES = frozenset({"cookie", "set-cookie"})
_DEEPEST_NESTING = 8
_MOST_STEPS = 8
_LONGEST_REMEMBERED = 1024
_LONG_USER = 16  # ``https://<token>@host`` is in use, and so is ``ssh://git@host``

# What a text must contain for one of the patterns below to be worth trying.
_HINTS = ("eyj", "bearer", "basic", "-----begin", "xox", "aiza")
_GITHUB_HINTS = ("ghp_", "gho_", "ghs_", "ghu_", "github_pat")
_URL_SECRET = re.compile(r"://[^\s\"'<>\\]*[@?#%]")
_PARTS = re.compile(f"({PLACEHOLDER.pattern})")
_TEXT_HINTS = ("=", '"')
# What may be the name of a property for the next one, wherever it thinks that a string begins.
_NAME = re.compile(r'"(?=([^"\\]+)"\s*:)')
_FIELDS = re.compile(
    rf"""
      (?P<kept>{PLACEHOLDER.pattern})
    | "(?P<property>[^"\\]+)"\s*:\s*"(?P<string>(?:[^"\\]|\\.)*)"
    | \bname="(?P<part>[^"]+)"[^\r\n]{{0,4096}}+(?:\r?\n[^\r\n]{{1,4096}}+){{0,8}}+\r?\n\r?\n
      (?P<content>.*?)(?=\r?\n--|\Z)
    | (?<![\w%.-])(?P<field>[\w%.-]+)=(?P<value>[^\s&;,"'<>]+)
    """,
    re.VERBOSE | re.DOTALL,
)


class Redactor:
    """Replaces secrets by placeholders; every method returns the same object when there is nothing to do.

    A known secret becomes ``[NAME]``, any other ``REDACTED-`` and 8 hex digits of a keyed hash: equal
    secrets have equal placeholders for as long as the key is the same. Redacting twice changes
    nothing. Values that hold ``harness-probe`` are not secrets; known values in them still go.
    """

    def __init__(
        self,
        secrets: Mapping[str, str] | None = None,
        *,
        key: bytes | None = None,
        rules: SecretRules | None = None,
    ) -> None:
        """Take known secrets (name to real value), the key of the hash, and the project's own rules.

        Without a key it is random: the placeholders of another redactor are others.
        """
        self.edition = edition(rules)
        """What it takes out without being told; see :func:`~harness.redact.edition.edition`."""
        self._known = Known(secrets or {})
        self._read = reader_of(rules.names if rules else ())
        self._patterns = [re.compile(pattern) for pattern in (rules.patterns if rules else ())]
        self._assignments = Assignments(self._read, self._hide, self._cookies, is_setting)
        self._key = random_source.token_bytes(32) if key is None else key
        # The same few fields come with every exchange.
        self._word = lru_cache(maxsize=1024)(partial(_settled, self._clean))
        self._field_value = lru_cache(maxsize=1024)(self._settled_header)
        self._short_url = lru_cache(maxsize=1024)(partial(_settled, self._url))
        # And so do the same bodies; these had nothing to redact.
        self._clean_bodies = CleanBodies()

    def text(self, text: str) -> str:
        """Redact text of any kind, such as a log line, an error message, a form or a multipart body."""
        return _settled(self._text, text)

    def code(self, text: str) -> str:
        """Redact a line of source code: known values, and what is a secret by its looks as it stands there.

        What stands behind a name is code, and so are placeholders in a URL.
        """
        if may_hold_coded(text):
            text = hide_coded(text, self._hide)
        return self._known.hide(self._own(hidden_in_code(text, self._look, self._hide)))

    def spares(self, texts: Iterable[str]) -> bool:
        """Whether :meth:`text` leaves all of these as they are; quick, and False decides nothing.

        Put together, they have every hint that one of them has. What begins like JSON is asked for alone.
        """
        together = "\n".join(texts)
        begins_json = "\n{" in together or "\n[" in together or together[:1] in ("{", "[")
        return not begins_json and self._is_quiet(together) and not self._may_be_named(together)

    def known(self, text: str) -> str:
        """Replace only the secrets whose values are known, in every spelling: quick, for text of any kind."""
        return self._known.hide(text) if self._known else text

    def json(self, value: Json) -> Json:
        """Redact a JSON value; see :mod:`harness.redact.names` for which properties are secrets."""
        text = json.dumps(value)
        cleaned = _settled(self._json_text, text)
        return value if cleaned is text else json.loads(cleaned)

    def headers(self, headers: Headers) -> Headers:
        """Redact header fields; the scheme of credentials and the names of cookies stay."""
        # By its new name: a placeholder in it may speak of a token, and so the value must be none.
        named = ((self._word(name), value) for name, value in headers)
        cleaned = tuple((name, self._field_value(name, value)) for name, value in named)
        return headers if cleaned == headers else cleaned

    def url(self, url: str) -> str:
        """Redact a URL: user information, path segments, query; the rest keeps its spelling."""
        cleaned = self._short_url(url) if len(url) <= _LONGEST_REMEMBERED else _settled(self._url, url)
        return url if cleaned == url else cleaned  # which may be an equal one, of an earlier call

    def _url(self, url: str) -> str:
        head, mark, fragment = self._known.hide_uncut(url).partition("#")
        address, question, query = head.partition("?")
        scheme, colon, rest = address.partition("://") if "://" in address else ("", "", address)
        authority, slash, path = rest.partition("/") if colon else ("", "", rest)
        if "@" in authority:
            authority = self._user_information(authority)
        # As a whole first: that is nearly always enough, and takes a tenth of the time.
        if path and (not self._is_quiet(path) or any(map(path.__contains__, "%{[;"))):
            path = "/".join(map(self._segment, path.split("/")))
        if query:
            query = "&".join(self._parameter(part) for part in query.split("&"))
        if fragment:
            fragment = self._parameter(fragment)
        return f"{scheme}{colon}{authority}{slash}{path}{question}{query}{mark}{fragment}"

    def content(self, content: bytes, *, known: BodyKind | None = None, charset: str = "") -> bytes:
        """Redact the bytes of a body. All that is no secret stays as it is, also formatting.

        ``known`` is what the body is, where it was read before, and ``charset`` what its content type says.
        What is packed is unpacked, and packed again; what cannot be is taken for text as it is.
        """
        if not content:
            return content
        change = partial(self._bytes, known=known, charset=charset)
        try:
            return repacked(content, change)
        except SealedError:
            return change(content)

    def _bytes(self, content: bytes, *, known: BodyKind | None, charset: str) -> bytes:
        """Redact what is not packed.

        Without what was taken out it may be JSON, or of the charset that it is said to be, and more be found:
        now, as a replay does not look once more.
        """
        for _ in range(_MOST_STEPS):
            cleaned = self._bytes_once(content, known, charset)
            if cleaned == content:
                break
            content = cleaned
        return content

    def _bytes_once(self, content: bytes, known: BodyKind | None, charset: str) -> bytes:
        if charset or b"\0" in content or content.startswith(MARKS):
            content = rewritten(content, charset, self._body_text)
        try:
            text, codec = content.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            text, codec = content.decode("latin-1"), "latin-1"
        # JSON may be in UTF-16 too, and is text with zeros then.
        cleaned = self._body_text(text, whole=known is BodyKind.JSON and "\x00" not in text)
        return content if cleaned is text else cleaned.encode(codec)

    def _body_text(self, text: str, *, whole: bool = False) -> str:
        return _settled(self._json_text if whole or is_json(text) else self._mixed_text, text)

    def placeholder(self, value: str) -> str:
        """Return what stands for a value that is a secret as a whole."""
        return self._hide(value)

    def word(self, word: str) -> str:
        """Redact a method or the name of a field: what is known for a secret, or looks like one."""
        return self._word(word)

    def request(self, request: Request) -> Request:
        """Redact a request."""
        method, url, headers = self.word(request.method), self.url(request.url), self.headers(request.headers)
        content = self.content(request.content, charset=declared_charset(request.headers))
        if (
            method == request.method
            and url is request.url
            and headers is request.headers
            and content is request.content
        ):
            return request
        return Request(method=method, url=url, headers=headers, content=content)

    def response(self, response: Response) -> Response:
        """Redact a response."""
        headers, content = self.headers(response.headers), response.content
        charset, version = declared_charset(response.headers), self.known(response.http_version)
        mark = mark_of(content, charset)
        if mark not in self._clean_bodies:
            content = self.content(content, charset=charset)
            if content is response.content:
                self._clean_bodies.add(mark)
        if (headers, version) == (response.headers, response.http_version) and content is response.content:
            return response
        return replace(response, headers=headers, content=content, http_version=version)

    def exchange(self, exchange: Exchange) -> Exchange:
        """Redact an exchange with its response or failure."""
        request = self.request(exchange.request)
        response = self.response(exchange.response) if exchange.response else None
        failure = self._failure(exchange.failure) if exchange.failure else None
        started = self.known(exchange.started)
        if (
            request is exchange.request
            and response is exchange.response
            and failure is exchange.failure
            and started is exchange.started
        ):
            return exchange
        clean = replace(exchange, request=request, response=response, failure=failure, started=started)
        return without_echoes(exchange, clean, self._hide)

    def _mixed_text(self, text: str) -> str:
        """Redact what is no JSON as a whole: JSON lines, JSON cut short, a log that begins so."""
        if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
            text = self._json_text(text)
        return self._text(text)

    def _text(self, text: str) -> str:
        cleaned = self._clean(text)
        return _FIELDS.sub(self._field, cleaned) if self._may_be_named(cleaned) else cleaned

    def _may_be_named(self, text: str) -> bool:
        """Whether there may be a field or a property with the name of a secret."""
        if not any(map(text.__contains__, _TEXT_HINTS)):
            return False
        if 'name="' in text:
            return True  # perhaps that of a part, which is as far from its value as it likes
        named = {*_NAME.findall(text), *names_before(text, "=")}
        return any(kind.secret or kind.signature for kind in map(self._read, map(unquote_plus, named)))

    def _failure(self, failure: Failure) -> Failure:
        message = self.text(failure.message)
        return failure if message is failure.message else replace(failure, message=message)

    def _hide(self, value: str) -> str:
        """Return the placeholder of a value that is a secret as a whole."""
        if PROBE in value:
            return self._known.hide(value)
        if not value or PLACEHOLDER.fullmatch(value) or _MASK.fullmatch(value):
            return value
        known = self._known.exact(value)
        if known is not None:
            return known
        digest = hmac.digest(self._key, value.encode("utf-8", "surrogatepass"), "sha256")
        return f"REDACTED-{digest.hex()[:8]}"

    def _clean(self, text: str, depth: int = 0) -> str:
        """Replace the secrets in a text that are known or look like secrets, and those of JSON in it."""
        if text[:1] in ("{", "[") and len(text) > 4 and depth < _DEEPEST_NESTING:
            text = self._json_text(text, depth)
        if self._is_quiet(text):
            return text
        if may_hold_coded(text):
            text = hide_coded(text, self._hide)
        # URLs before known values, because a placeholder is spelled differently in them.
        text = self._known.hide(self._own(LOOKS.sub(self._look, text)))
        return self._assignments.hidden(text)

    def _own(self, text: str) -> str:
        """Replace what the project's own patterns find, beside what was replaced before."""
        for pattern in self._patterns:
            parts = _PARTS.split(text)
            parts[::2] = [pattern.sub(lambda match: self._hide(match[0]), part) for part in parts[::2]]
            text = "".join(parts)
        return text

    def _json_text(self, text: str, depth: int = 0) -> str:
        """Redact the text of JSON; quickly where nothing in it can be a secret."""
        quiet = self._is_quiet(text, json=True)
        if quiet and is_settled(text, self._read, self._hide):
            return text
        clean = _as_is if quiet else partial(self._clean, depth=depth + 1)
        return JsonRedaction(self._hide, clean, self._read).run(text)

    def _is_quiet(self, text: str, *, json: bool = False) -> bool:
        """Whether nothing in the text can be a secret but by its name. Escapes could hide anything."""
        if self._patterns or "\\" in text or self._known.occurs(text):
            return False  # a pattern may ask where a value begins or ends, which shows only in the value
        if may_hold_coded(text) or self._assignments.may_hold(text, json=json):
            return False
        return not _has_hint(text.lower()) and ("://" not in text or not _URL_SECRET.search(text))

    def _look(self, match: re.Match[str]) -> str:
        """Replace what one of the patterns found."""
        kind = match.lastgroup
        if kind == "kept":
            return match[0]
        if kind == "url":
            return self._url(match[0])
        if kind == "credential":
            scheme, credential = match["scheme"], match["credential"]
            if PLACEHOLDER.match(credential) or not is_credential(scheme, credential):
                return match[0]
            return match[0].removesuffix(credential) + self._hide(credential)
        return self._hide(match[0])

    def _field(self, match: re.Match[str]) -> str:
        """Replace the value of a field of a form, a multipart part or a JSON property inside other text."""
        for name, value in (("property", "string"), ("part", "content"), ("field", "value")):
            if match[name] is not None:
                old = match[value]
                new = self._named(unquote_plus(match[name]), old, query=name == "field")
                start, end = match.start(value) - match.start(), match.end(value) - match.start()
                return match[0][:start] + new + match[0][end:]
        return match[0]

    def _named(self, name: str, value: str, *, query: bool) -> str:
        """Hide the value of a query parameter or field if its name says that it is a secret."""
        kind = self._read(name)
        secret = kind.secret or (query and kind.signature)
        return self._hide(value) if secret and not is_setting(value) else value

    def _settled_header(self, name: str, value: str) -> str:
        return _settled(partial(self._header, name), value)

    def _header(self, name: str, value: str) -> str:
        lower = name.lower()
        if lower in _COOKIES:
            return self._clean(self._cookies(value, lower == "set-cookie"))
        if lower in {"authorization", "proxy-authorization"}:
            scheme, blank, credential = value.partition(" ")
            if scheme.lower() in _SCHEMES and credential.strip():
                return f"{scheme}{blank}{self._hide(credential)}"
            return value if value.lower() in _SCHEMES else self._hide(value)
        if self._read(name).secret:
            return value if is_setting(value) else self._hide(value)
        return self._clean(value)

    def _cookies(self, value: str, only_first: bool) -> str:  # noqa: FBT001 - as it is handed on
        """Hide the values of cookies; attributes such as Path and HttpOnly stay.

        What else is a secret in them is left to whoever asks, who may be looking through the text around.
        """
        pairs = value.split(";")
        for index, pair in enumerate(pairs[:1] if only_first else pairs):
            name, equals, old = pair.partition("=")
            if equals:
                pairs[index] = f"{name}={self._hide(old)}"
            elif not PLACEHOLDER.search(pair):
                pairs[index] = self._hide(pair)
        return ";".join(pairs)

    def _user_information(self, authority: str) -> str:
        """Hide the password of ``user:password@host``, and the user where it is as long as a token."""
        user, _, host = authority.rpartition("@")
        name, colon, password = user.partition(":")
        plain = unquote(password)
        password = self._in_url(password, self._hide(plain), plain)
        plain = unquote(name)
        long = len(plain) >= _LONG_USER and not PLACEHOLDER.match(plain)
        name = self._in_url(name, self._hide(plain) if long else self._clean(plain), plain)
        return f"{name}{colon}{password}@{host}"

    def _parameter(self, part: str) -> str:
        name, equals, value = part.partition("=")
        if not equals:
            return self._url_part(part, plus=True)
        plain = unquote_plus(value)
        named = self._named(unquote_plus(name), plain, query=True)
        new = self._clean(plain) if named is plain else named
        return f"{self._url_part(name, plus=True)}={self._in_url(value, new, plain)}"

    def _segment(self, segment: str) -> str:
        """Redact a segment of a path with its matrix parameters, as in ``tokens;token=...``."""
        if ";" not in segment or "=" not in segment:
            return self._url_part(segment, plus=False)
        first, *parameters = segment.split(";")
        return ";".join([self._url_part(first, plus=False), *map(self._parameter, parameters)])

    def _url_part(self, part: str, *, plus: bool) -> str:
        plain = unquote_plus(part) if plus else unquote(part)
        return self._in_url(part, self._clean(plain), plain)

    @staticmethod
    def _in_url(spelling: str, new: str, plain: str) -> str:
        """Percent-encode what is new; keep the old spelling of what did not change."""
        return spelling if new == plain else quote(new, safe="", errors="replace")


def project_redactor(settings: Settings) -> Redactor | None:
    """Return a redactor with the rules of a project that has some of its own; None for any other."""
    rules = settings.secrets
    return Redactor(rules=rules) if rules.names or rules.patterns else None


def _settled(step: Callable[[str], str], text: str) -> str:
    """Repeat a step until nothing changes: what was replaced may have hidden the beginning of a secret."""
    for _ in range(_MOST_STEPS):
        cleaned = step(text)
        if cleaned == text:
            break
        text = cleaned
    return text


def _has_hint(lower: str) -> bool:
    # What all of one vendor's begin with first: each search goes through the whole text.
    return any(map(lower.__contains__, _HINTS)) or (
        "gh" in lower and any(map(lower.__contains__, _GITHUB_HINTS))
    )


def _as_is(text: str) -> str:
    return text
