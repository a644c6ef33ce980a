"""What killed runs left behind is deleted, as their ledgers tell, in the reverse order of its creation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import unquote

from harness.bookkeeping import below, is_gone
from harness.client import Sender, live_clients
from harness.creation import Creation, creation_of, is_id, one_of
from harness.difference import json_path
from harness.errors import HarnessError, Problem, UsageError
from harness.exchange import Exchange, Json, Request
from harness.ledger import DIRECTORY, Account, Entry, Held, hold, ledgers, read_ledger
from harness.leftovers import Fate, Sweep, Swept
from harness.opening import RUN_DIGITS, token_for
from harness.options import Options
from harness.pace import Pace
from harness.paging import EMPTY, REPEATED, Pages, elements_of, walk_pages
from harness.redact import Redactor
from harness.settings import Settings
from harness.struct import Struct, field, replace
from harness.target import contracts_of

_PAGE: Final = 100
_PAGES: Final = 1000
"""Elements of a page of a list that is searched, and the most pages of it."""

_ENDS: Final = frozenset({EMPTY, REPEATED})
"""How a list ends; an error or a page of a gateway is no end of it."""


PATIENCE: Final = timedelta(minutes=5)
"""So long after a create was sent it may still arrive, at a slow service or behind a slow gateway."""


def sweep(
    options: Options,
    *,
    named: bool = False,
    dry: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Sweep:
    """Delete what ended runs have left behind in the environment.

    ``named``: somebody named the environment for this, so that a ledger which does not say of which one it
    is, is taken as well. ``dry`` only says what would be done, calls nothing, and changes nothing on disk.
    ``now`` tells the time in UTC.

    Raises:
        UsageError: something is left, and nothing may be written there; or a ledger cannot be kept.
        TargetError: something is left, and there is no token.
    """
    options.check()
    with ExitStack() as stack:
        found = _gathered(options.settings, options.environment.name, stack, named=named, look=dry)
        swept = _planned(found.helds) if dry else _settled(found.helds, options, now)
        return found.sweep(swept)


def sweep_twice(
    options: Options,
    show: Callable[[Sweep], object],
    wait: Callable[[float], object],
    *,
    named: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Sweep:
    """Sweep, and once more when everything can be known that is pending; return what came last.

    ``show`` is given what each sweep came to, ``wait`` the seconds between them.

    Raises:
        HarnessError: as sweeping does.
    """
    came = sweep(options, named=named, now=now)
    show(came)
    if came.due:
        left = datetime.fromisoformat(came.due) - now()
        # A clock that went back must not hold a job for days.
        wait(min(max(left, timedelta()), PATIENCE).total_seconds())
        came = sweep(options, named=named, now=now)
        show(came)
    return came


def forget(settings: Settings, name: str, show: Callable[[Sweep], object]) -> None:
    """Drop from the ledgers what ended runs have left behind in an environment, which may be one no more.

    Nothing is called. ``show`` is given what is dropped, before it is.

    Raises:
        UsageError: a ledger cannot be kept.
    """
    with ExitStack() as stack:
        found = _gathered(settings, name, stack)
        forgotten = (replace(each, fate=Fate.FORGOTTEN) for each in _planned(found.helds))
        show(found.sweep(forgotten))
        for held in found.helds:
            held.forget()


def is_known(settings: Settings, name: str) -> bool:
    """Whether some ledger is of an environment of that name.

    Raises:
        UsageError: a ledger cannot be read.
    """
    return any(account.environment == name for account in _accounts(settings))


class _Gathered(Struct, frozen=True, kw_only=True):
    """The ledgers of a project, seen from one environment: those that are held, and what of others."""

    environment: str
    helds: list[Held] = field(default_factory=list)
    nameless: list[Problem] = field(default_factory=list)
    alive: list[Account] = field(default_factory=list)
    elsewhere: Counter[str] = field(default_factory=Counter)

    def sweep(self, swept: Iterable[Swept]) -> Sweep:
        return Sweep(
            environment=self.environment,
            swept=tuple(swept),
            damaged=tuple(problem for held in self.helds for problem in held.account.damaged),
            nameless=tuple(self.nameless),
            alive=tuple(self.alive),
            elsewhere=+self.elsewhere,
        )


def _gathered(
    settings: Settings, name: str, stack: ExitStack, *, named: bool = False, look: bool = False
) -> _Gathered:
    """Hold the ledgers of an environment whose runs have ended, the newest first."""
    found = _Gathered(environment=name)
    for account in sorted(_accounts(settings), key=lambda account: account.started, reverse=True):
        if account.environment not in {name, ""}:
            found.elsewhere[account.environment] += len(account.entries)
        elif not account.environment and not named and (account.entries or account.damaged):
            found.nameless.append(_nobodys(account))
        elif held := hold(account.path, look=look):
            found.helds.append(stack.enter_context(held))
        elif account.path.exists():
            found.alive.append(account)
    return found


def _nobodys(account: Account) -> Problem:
    number = len(account.entries)
    things = "1 thing in it" if number == 1 else f"{number} things in it" if number else "what it is about"
    what = f"the line that says of which environment this ledger is cannot be read; {things} may be left"
    advice = "Look at its URLs, and name their environment: `harness sweep --environment NAME`."
    return Problem(where=str(account.path), what=what, advice=advice)


def _accounts(settings: Settings) -> list[Account]:
    return [read_ledger(path) for path in ledgers(settings.state / DIRECTORY)]


def _planned(helds: Iterable[Held]) -> Iterator[Swept]:
    """Yield what would be swept."""
    for held in helds:
        for entry in reversed(held.account.entries):
            yield Swept(run=held.account.run, entry=entry, fate=Fate.PLANNED, url=entry.made, why=entry.why)


def _settled(helds: Sequence[Held], options: Options, now: Callable[[], datetime]) -> Iterator[Swept]:
    """Settle ledgers, the newest first and each from its end: what was made later may need what was first."""
    if not any(held.account.entries for held in helds):
        return
    if not options.may_write:
        raise _forbidden(options)
    sweeper = _Sweeper(options, now)
    try:
        for held in helds:
            for entry in reversed(held.account.entries):
                came = sweeper.settle(entry, held.account.run)
                if came.fate not in {Fate.LEFT, Fate.PENDING}:
                    held.gone(entry)
                yield came
    finally:
        sweeper.close()


def _forbidden(options: Options) -> UsageError:
    name = options.environment.name
    also = f" --production {name}" if options.environment.production else ""
    what = f"runs have left something behind in `{name}`, and nothing may be deleted there"
    advice = f"Add --allow-writes{also}; --dry-run lists what it is."
    return UsageError(Problem(where="", what=what, advice=advice))


class _Sweeper:
    """Deletes in one environment, by the budget and with the retries of every live call."""

    def __init__(self, options: Options, now: Callable[[], datetime]) -> None:
        self._now = now
        settings, token = options.settings, token_for(options)
        self._options = options
        self._redactor = Redactor({options.environment.token: token})
        self._headers = (
            ("Accept", "application/json"),
            ("Authorization", f"Bearer {token}"),
            *options.environment.headers.items(),
        )
        self._clients = live_clients(
            timeout=settings.timeout, retries=settings.retries, limits=options.limits, state=settings.state
        )
        self._client: Sender = self._clients.client(Pace(threads=False).wait)

    def settle(self, entry: Entry, run: str) -> Swept:
        """Delete what an entry stands for, or find out that it is not there."""
        came = Swept(run=run, entry=entry, fate=Fate.LEFT, url=entry.made)
        environment = self._options.environment
        path = below(entry.collection, environment.base_urls.values())
        creation = creation_of(contracts_of(entry.side, self._options.settings), "POST", path)
        strange = _leads_away(path) or (entry.made and not _is_of(entry.made, entry.collection))
        if creation is None or strange:
            # Whatever stands in a file, the token goes nowhere else.
            return replace(came, why=f"it is not below a base URL of `{environment.name}`")
        try:
            return self._deleted(came, entry.made) if entry.made else self._found(came, entry, creation)
        except HarnessError as error:
            return replace(came, why=str(error))

    def _deleted(self, came: Swept, url: str) -> Swept:
        exchange = self._sent(self._request("DELETE", url))
        status = exchange.response.status if exchange.response else 0
        if 200 <= status < 300:
            return replace(came, fate=Fate.DELETED, url=url)
        if exchange.response is not None and is_gone(exchange.response):
            return replace(came, fate=Fate.GONE, url=url)
        return replace(came, url=url, why=f"the DELETE {self._answer(exchange)}")

    def _found(self, came: Swept, entry: Entry, creation: Creation) -> Swept:
        """Look for what may have been made by what only it has: a text with the run's id."""
        labels = _labels(entry, came.run)
        if not labels or not creation.lists:
            lack = "it has no name to be found by" if creation.lists else "no operation lists such things"
            return replace(came, why=f"{entry.why}, and {lack}")
        request = self._request("GET", f"{one_of(entry.collection, '')[:-1]}?limit={_PAGE}")
        first = self._client.send(request)[-1]
        if first.response is not None and is_gone(first.response):
            return replace(came, fate=Fate.ABSENT)  # what it would belong to is gone
        places = [
            place for name in creation.lists if elements_of(first, place := json_path(name)) is not None
        ]
        if not places:
            return replace(came, why=f"{entry.why}, and the list of them {self._answer(first)}")
        walks = [walk_pages(first, request, place, most=_PAGES, send=self._sent) for place in places]
        listed = [each for pages in walks for each in pages.elements if isinstance(each, dict)]
        found = [each for each in listed if _has(each, labels)]
        if lack := next(filter(None, map(_broken, walks)), _nameless(found)):
            return replace(came, why=f"{entry.why}, and the list of them {lack}")
        ids = dict.fromkeys(str(each["id"]) for each in found)
        for id_ in ids:
            came = self._deleted(came, one_of(entry.collection, id_))
            if came.fate is Fate.LEFT:
                return came
        return came if ids else self._unseen(came)

    def _unseen(self, came: Swept) -> Swept:
        """Say of what no list shows that it was never made, or that it is too early to know."""
        due = _due(came.entry.at)
        if due is None or due <= self._now():
            return replace(came, fate=Fate.ABSENT)
        when = due.isoformat(timespec="seconds").replace("+00:00", "Z")
        why = f"{came.entry.why}, and its request may still be on its way: run this again after {when}"
        return replace(came, fate=Fate.PENDING, why=why, due=when)

    def _request(self, method: str, url: str) -> Request:
        return Request(method=method, url=url, headers=self._headers)

    def _sent(self, request: Request) -> Exchange:
        return self._client.send(request)[-1]

    def _answer(self, exchange: Exchange) -> str:
        if exchange.response is not None:
            return f"was answered with {exchange.response.status}"
        why = exchange.failure.message if exchange.failure else ""
        return f"was not answered ({self._redactor.text(why)})"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()
        self._clients.close()


def _due(at: str) -> datetime | None:
    """Return when a create must have arrived, in UTC; None where a damaged ledger does not say."""
    try:
        left = datetime.fromisoformat(at)
        return (left + PATIENCE).astimezone(UTC) if left.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _leads_away(path: str) -> bool:
    """Whether a path is not what it looks like: dots lead to what is above, and a fragment is cut off."""
    segments = unquote(path.partition("?")[0]).strip("/").split("/")
    return "#" in path or not {".", ".."}.isdisjoint(segments)


def _is_of(url: str, collection: str) -> bool:
    """Whether a URL is that of one resource of a collection, and of nothing above or below it."""
    parent = one_of(collection, "")
    name = url.removeprefix(parent)
    return url.startswith(parent) and is_id(unquote(name)) and set(name).isdisjoint("/?#\\")


def _labels(entry: Entry, run: str) -> dict[str, str]:
    """Return the labels by which only what the run made is found: those with the run's id."""
    mark = run[:RUN_DIGITS]
    return {name: text for name, text in entry.labels.items() if mark and mark in text}


def _has(element: Mapping[str, Json], labels: Mapping[str, str]) -> bool:
    return any(element.get(name) == text for name, text in labels.items())


def _nameless(found: Iterable[Mapping[str, Json]]) -> str:
    """Say that what was found has no id to be deleted by; empty where all of it has one."""
    return "" if all(is_id(each.get("id")) for each in found) else "shows it without an id"


def _broken(pages: Pages) -> str:
    """Say why a list that was walked may have more than it showed; empty where it came to its end."""
    shown = pages.offset + len(pages.elements)
    if pages.open or (pages.total is not None and shown >= pages.total) or pages.end in _ENDS:
        return pages.open and f"has no end: {pages.open}"
    return f"has no end: the page at offset {shown} was answered with {pages.end}"
