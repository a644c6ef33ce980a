"""Playing a cassette: an index instead of a search, first in first out where the same was asked twice."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from threading import Lock

from harness.cassette.damage import DAMAGE, fail, fail_damaged
from harness.cassette.keys import Place, answering_markers, body_key, place, token_marker
from harness.cassette.misses import explain
from harness.cassette.reading import Recorded, Recording, read_recording
from harness.exchange import Exchange, Json, Request
from harness.redact import Redactor
from harness.result import Provenance

_Queues = dict[tuple[bytes, str], deque[Recorded]]


class Cassette:
    """The recorded exchanges of one side of a scenario.

    A look-up costs the same whatever the size of the cassette. An exchange is read when it, or another
    one of the same method, path and query, is asked for; until then only its URL is.
    """

    def __init__(
        self, path: Path, recording: Recording, remedy: str = "", redactor: Redactor | None = None
    ) -> None:
        """Take what :meth:`load` read."""
        self.path = path
        self._redactor = redactor
        self.provenance: Provenance | None = recording.provenance
        """Where the recording came from; None for files that stock vcrpy wrote."""
        self.variables: dict[str, Json] = recording.variables
        """The variables and environment values that the recording used, redacted."""
        self.edited = recording.edited
        """Whether the file was changed by hand or by another tool after it was saved."""
        self.redaction = recording.redaction
        """The edition of the redactor that all of it has been through; empty where nobody knows."""
        self._foreign = recording.foreign
        self._recorded = recording.exchanges
        self._remedy = remedy
        self._played: set[int] = set()
        # Taken by itself: an interrupt in code of Python that takes it could leave it taken for ever.
        self._lock = Lock()
        self._places: dict[Place, list[Recorded]] = {}
        self._queues: dict[Place, _Queues] = {}
        for recorded in recording.exchanges:
            self._places.setdefault(place(recorded.method, recorded.url), []).append(recorded)

    @classmethod
    def load(cls, path: Path, *, remedy: str = "", redactor: Redactor | None = None) -> Cassette:
        """Read a cassette (``.yaml`` or ``.json``); ``remedy`` is the command that records it again.

        ``redactor`` is one with rules of a project's own: what they hid in the file, they hide in requests.

        Raises:
            CassetteError: the file is missing, empty, damaged, cut short or no cassette.
        """
        return cls(path, read_recording(path, remedy), remedy, redactor)

    @classmethod
    def of(
        cls,
        exchanges: Iterable[tuple[Exchange, str]],
        provenance: Provenance | None,
        variables: Mapping[str, Json],
        *,
        redactor: Redactor | None = None,
    ) -> Cassette:
        """Return what a file with these exchanges, and the names of their steps, would be loaded as."""
        recorded = (
            Recorded(number, exchange.request.method, exchange.request.url, exchange, step)
            for number, (exchange, step) in enumerate(exchanges, 1)
        )
        recording = Recording(exchanges=tuple(recorded), provenance=provenance, variables=dict(variables))
        return cls(Path("cassette"), recording, redactor=redactor)

    def play(self, request: Request) -> Exchange:
        """Return the next recorded exchange for the request, with the request as it was recorded.

        Requests are the same if method, path, query, body and the kind of token are; the host does not
        count. Where vcrpy was told to leave the Authorization header out of the file, a request with
        a token is answered by an exchange without; see :func:`~harness.cassette.keys.answering_markers`.

        Raises:
            CassetteError: there is none (left); the message shows the nearest one and what differs.
        """
        if self._redactor is not None:
            request = self._redactor.request(request)
        try:
            with self._lock:
                recorded = self._next(request)
                exchange = recorded.exchange if recorded else None
                why = "" if exchange else self._explained(request)
        except DAMAGE as error:
            fail_damaged(self.path, error, self._remedy)
        if exchange is None:
            fail(self.path, why, self._remedy)
        return exchange

    def _explained(self, request: Request) -> str:
        markers = answering_markers(request.headers, foreign=self._foreign)
        return explain(request, self._recorded, self._played, markers)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every recorded exchange in file order, whether it was played or not.

        Raises:
            CassetteError: one of them is damaged.
        """
        try:
            with self._lock:
                return tuple(recorded.exchange for recorded in self._recorded)
        except DAMAGE as error:
            fail_damaged(self.path, error, self._remedy)

    @property
    def calls(self) -> tuple[tuple[str, str], ...]:
        """Method and URL of every recorded exchange that is no repeat, in file order."""
        return tuple((recorded.method, recorded.url) for recorded in self._recorded if not recorded.repeat)

    def __len__(self) -> int:
        """Count the recorded exchanges."""
        return len(self._recorded)

    def holds(self, request: Request, *, repeat: bool = False) -> bool:
        """Whether one more answer to the request is left to play: one to a repeat of it, or to no repeat."""
        if self._redactor is not None:
            request = self._redactor.request(request)
        try:
            with self._lock:
                queue = self._queue(request)
                return queue is not None and len(queue) > 0 and queue[0].repeat is repeat
        except DAMAGE as error:
            fail_damaged(self.path, error, self._remedy)

    def _next(self, request: Request) -> Recorded | None:
        queue = self._queue(request)
        if not queue:
            return None
        recorded = queue.popleft()
        self._played.add(recorded.number)
        return recorded

    def _queue(self, request: Request) -> deque[Recorded] | None:
        """Return what is left for the request; its exchanges are read when it is first asked for."""
        where = place(request.method, request.url)
        queues = self._queues.get(where)
        if queues is None:
            if where not in self._places:
                return None
            queues = self._queues[where] = _queues(self._places[where])
        key, markers = body_key(request), answering_markers(request.headers, foreign=self._foreign)
        # Once the first is played to its end, it is the next one's turn; nothing is left in any: nothing is.
        found = (queues.get((key, marker)) for marker in markers)
        return next((queue for queue in found if queue), None)


def _queues(recorded: list[Recorded]) -> _Queues:
    """Sort the exchanges of one place by body and kind of token."""
    queues: _Queues = {}
    for one in recorded:
        key = body_key(one.request), token_marker(one.request.headers)
        queues.setdefault(key, deque()).append(one)
    return queues
