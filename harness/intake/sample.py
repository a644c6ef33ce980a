"""One recorded exchange, and what its file does not say of it."""

from __future__ import annotations

from harness.errors import Problem
from harness.exchange import Exchange
from harness.struct import Struct


class Sample(Struct, frozen=True, kw_only=True):
    """One exchange of a file.

    ``where`` is ``file:line``, or the file and the number of the entry. ``operation`` is the one that the
    file names (empty: none). ``asked`` is False where the file has no request: the exchange's is then empty.
    ``authorized`` is None where nothing can be said: tools leave the token out of what they write. Where
    ``cut`` is not empty it says why the response's body is not in the file; ``lost`` of the request's.
    ``sandbox``: its cassette says that it was recorded from the sandbox.
    """

    exchange: Exchange
    where: str
    operation: str = ""
    asked: bool = True
    authorized: bool | None = None
    cut: str = ""
    lost: str = ""
    sandbox: bool = False


class Recording(Struct, frozen=True, kw_only=True):
    """What a file holds; ``single`` is True for an exchange document, which is one exchange.

    ``unread`` says which lines of an access log, or entries of a HAR, could not be understood.
    """

    samples: tuple[Sample, ...]
    single: bool = False
    unread: tuple[Problem, ...] = ()
