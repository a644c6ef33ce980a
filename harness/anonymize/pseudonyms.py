"""Pseudonyms: made of an original and a key, of the same look, and known again by whoever has the key.

Each ends with letters that the key makes of those before them. So a pseudonym is not replaced once more when
a recording is made of another one, and nobody without the key can tell whom it stands for.
"""

from __future__ import annotations

import hmac
import re
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from harness.anonymize.kinds import Kind, is_word, numeric

DOMAIN: Final = "example.com"
"""What every e-mail address and host is below; RFC 2606 keeps it for examples."""

CUID: Final = re.compile(r"c[a-z0-9]{24}")
UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
EMAIL: Final = re.compile(r"[^\s@<>\"(),:;\[\]\\/?=&#{}']{1,64}@[\w-]+(?:\.[\w-]+)+")
RUN: Final = ".astronomer.run"
"""Below it are the hosts of deployments: an organization's, or a deployment's."""

_DOMAIN = re.compile(r"(?:[\w-]+\.)+[A-Za-z][\w-]+")
_NIL = re.compile(r"0[0-]*0")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
_CONSONANTS: Final = "bdfgklmnprstvwxz"
_VOWELS: Final = "aeio"
_SYLLABLES: Final = 6
_TAG: Final = 2
"""Syllables of a word that say that it is a pseudonym; of other pseudonyms these are letters or digits."""
_WORD = re.compile(rf"[{_CONSONANTS}][{_VOWELS}](?:[{_CONSONANTS}][{_VOWELS}]){{{_SYLLABLES + _TAG - 1}}}")
_WORDS = tuple(
    re.compile(form.format(word=f"({_WORD.pattern})", domain=re.escape(DOMAIN)))
    for form in ("{word}", "{word}@{domain}", r"{word}\.{domain}", r"\w+://{domain}/{word}(?:\.\w+)?")
)
"""How a word stands in names, e-mail addresses, hosts and other addresses."""
_ID = re.compile(r"(?:[a-z]+_)?([a-z][a-z0-9]{13})")
_ID_LENGTH: Final = 14
_DIGITS: Final = 12
"""Digits of a numeric id: those of an account of AWS, and no more than every reader of JSON keeps."""
_PREFIX = re.compile(r"(?:org|usr|user|team|tok|key|ws|dep)_")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")


class Pseudonyms:
    """Makes pseudonyms; the same key makes the same of the same."""

    def __init__(self, key: bytes) -> None:
        """Take the key, of which one of its own is made."""
        self._key = hmac.digest(key, b"pseudonyms", "sha256")
        self.of = lru_cache(maxsize=1 << 16)(self._of)
        self.is_own = lru_cache(maxsize=1 << 16)(self._is_own)

    def _of(self, kind: Kind, original: str) -> str:
        """Return what stands for an original; its look counts more than the name that it went by."""
        if self.is_own(original):
            return original
        if CUID.fullmatch(original):
            body = self._text("cuid", original, 16)
            return f"c{body}{self._text('cuid tag', body, 8)}"
        if UUID.fullmatch(original):
            return self._uuid(original)
        if EMAIL.fullmatch(original):
            return f"{self._word('email', original.casefold())}@{DOMAIN}"
        if kind is Kind.NAME and _DOMAIN.fullmatch(original):
            kind = Kind.HOST
        makers = {Kind.ADDRESS: self._address, Kind.HOST: self.host, Kind.ID: self._id}
        return makers.get(kind, self._name)(original)

    def _name(self, original: str) -> str:
        word = self._word("name", original)
        return word.capitalize() if original != original.lower() else word

    def host(self, original: str) -> str:
        """Return what stands for a host; the vendor's domain of deployments stays."""
        lower = original.lower()
        if lower.endswith(RUN):
            labels = original[: -len(RUN)].split(".")
            return ".".join(label if is_word(label) else self.of(Kind.ID, label) for label in labels) + RUN
        return f"{self._word('host', lower)}.{DOMAIN}"

    def _is_own(self, value: str) -> bool:
        """Whether a value is a pseudonym of this key; the UUID of zeros stands for nobody either."""
        lower = value.lower()
        if lower.endswith(RUN):
            return all(is_word(label) or self.is_own(label) for label in lower[: -len(RUN)].split("."))
        if UUID.fullmatch(value):
            return self._tagged(lower) == lower or _NIL.fullmatch(value) is not None
        return self._is_own_id(value) or any(
            found is not None and self._is_word(found[1])
            for found in (form.fullmatch(lower) for form in _WORDS)
        )

    def _is_own_id(self, value: str) -> bool:
        if CUID.fullmatch(value):
            return value[17:] == self._text("cuid tag", value[1:17], 8)
        if numeric(value):
            return len(value) == _DIGITS and value[-4:] == self._digits("id tag", value[:-4], 4)
        found = _ID.fullmatch(value)
        return found is not None and found[1][-4:] == self._text("id tag", found[1][:-4], 4)

    def _is_word(self, word: str) -> bool:
        body = word[: 2 * _SYLLABLES]
        return word[2 * _SYLLABLES :] == self._syllables("word tag", body, _TAG)

    def _word(self, what: str, original: str) -> str:
        body = self._syllables(what, original, _SYLLABLES)
        return body + self._syllables("word tag", body, _TAG)

    def _id(self, original: str) -> str:
        """Return an id that is none of the known forms: digits for digits, else letters and digits."""
        if numeric(original):
            body = self._digits("id", original, _DIGITS - 4)
            return body + self._digits("id tag", body, 4)
        prefix = _PREFIX.match(original)
        # A letter first, so that it is read as text wherever it stands.
        body = "x" + self._text("id", original, _ID_LENGTH - 5)
        return (prefix[0] if prefix else "") + body + self._text("id tag", body, 4)

    def _uuid(self, original: str) -> str:
        """Return a UUID of the same version and variant, in the same case."""
        made = self._digest("uuid", original.lower()).hex()[:32]
        lower = original.lower()
        shape = f"{made[:8]}-{made[8:12]}-{lower[14]}{made[13:16]}-{lower[19]}{made[17:20]}-{made[20:]}"
        tagged = self._tagged(shape)
        return tagged.upper() if original != lower else tagged

    def _tagged(self, uuid: str) -> str:
        return uuid[:-8] + self._digest("uuid tag", uuid[:-8]).hex()[:8]

    def _address(self, original: str) -> str:
        """Return an address of the same scheme and ending."""
        try:
            parts = urlsplit(original)
        except ValueError:
            parts = urlsplit("")
        scheme = parts.scheme if parts.scheme in {"http", "https", "ssh", "git"} else "https"
        ending = _ENDING.search(parts.path.rpartition("/")[2])
        return f"{scheme}://{DOMAIN}/{self._word('address', original)}{ending[0].lower() if ending else ''}"

    def _digest(self, what: str, text: str) -> bytes:
        return hmac.digest(self._key, f"{what}\0{text}".encode("utf-8", "surrogatepass"), "sha512")

    def _text(self, what: str, text: str, length: int) -> str:
        return self._written(what, text, length, _LETTERS)

    def _digits(self, what: str, text: str, length: int) -> str:
        written = self._written(what, text, length, "0123456789")
        return written if "tag" in what or written[0] != "0" else "7" + written[1:]

    def _syllables(self, what: str, text: str, count: int) -> str:
        number = int.from_bytes(self._digest(what, text))
        found = []
        for _ in range(count):
            number, first = divmod(number, len(_CONSONANTS))
            number, second = divmod(number, len(_VOWELS))
            found.append(_CONSONANTS[first] + _VOWELS[second])
        return "".join(found)

    def _written(self, what: str, text: str, length: int, alphabet: str) -> str:
        number = int.from_bytes(self._digest(what, text))
        found = []
        for _ in range(length):
            number, at = divmod(number, len(alphabet))
            found.append(alphabet[at])
        return "".join(found)
