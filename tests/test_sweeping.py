"""What killed runs left behind is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.errors import TargetError, UsageError
from harness.exchange import Side
from harness.ledger import DIRECTORY, Ledger, ledgers
from harness.leftovers import Fate, Sweep, Swept
from harness.options import Mode
from harness.settings import SANDBOX
from harness.struct import replace
from harness.sweeping import forget, is_known, sweep, sweep_twice
from tests.leaving import LABELS, NEW, OLD, leave
from tests.stage import BASES, HOST, TOKEN, Stage, refusal, reply

NAMED = {"name": LABELS["name"]}


@dataclass
class Place(Stage):
    """A stage on which what was left behind is swept."""

    now: str = "2026-11-29T10:00:00Z"

    def sweep(self, *, dry: bool = False, named: bool = False, **options: Any) -> Sweep:
        """Sweep."""
        made = replace(self.configured(Mode.LIVE), **options)
        with self.services():
            return sweep(made, named=named, dry=dry, now=lambda: datetime.fromisoformat(self.now))

    @property
    def left(self) -> int:
        """How many ledgers there are."""
        return len(ledgers(self.root / ".harness" / DIRECTORY))

    @property
    def sent(self) -> list[str]:
        """Every call: the side, the method and the path."""
        return [f"{side.value} {method} {path}" for side, method, path in self.calls]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Give a stage whose services delete everything."""
    return Place(tmp_path, old=lambda _: reply(status=204), new=lambda _: reply(status=204))


def fates(swept: Sweep) -> list[tuple[str, str]]:
    """Return what came of each, and why."""
    return [(each.fate.value, each.why) for each in swept.swept]


def listing(**lists: list[Any]) -> Any:
    """Return a service that lists these on the first page, and deletes everything."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "DELETE":
            return reply(status=204)
        first = request.url.params.get("offset", "0") == "0"
        page = {name: elements if first else [] for name, elements in lists.items()}
        return reply({**page, "totalCount": 1, "limit": 100, "offset": 0})

    return answer


def test_what_was_made_last_is_deleted_first(place: Place) -> None:
    """On both sides; then the ledger is gone, and a second sweep has nothing to do."""
    leave(place.root, (f"{OLD}/teams", "t1"), (f"{NEW}/teams", "t2"), (f"{NEW}/tokens", "k1"))
    came = place.sweep()

    assert [each.rpartition("/")[2] for each in place.sent] == ["k1", "t2", "t1"]
    assert [side for side, _, _ in place.calls] == [Side.CANDIDATE, Side.CANDIDATE, Side.BASELINE]
    assert {each.headers["authorization"] for each in place.requests[Side.BASELINE]} == {f"Bearer {TOKEN}"}
    assert fates(came) == [("deleted", "")] * 3
    assert (came.clean, place.left) == (True, 0)
    assert fates(place.sweep()) == []


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_done(place: Place, status: int) -> None:
    """Somebody deleted it, or it went with what it belonged to."""
    leave(place.root, (f"{OLD}/teams", "t1"))
    place.old = lambda _: refusal(status)

    came = place.sweep()
    assert (fates(came), came.clean, place.left) == ([("gone", "")], True, 0)


def test_what_cannot_be_deleted_stays(place: Place) -> None:
    """It is told with why; what can be is deleted, and the next sweep has only the rest."""
    leave(place.root, (f"{OLD}/teams", "t1"), (f"{NEW}/teams", "t2"))
    place.new = lambda _: refusal(403)
    came = place.sweep()

    assert fates(came) == [("left", "the DELETE was answered with 403"), ("deleted", "")]
    assert (came.clean, place.left) == (False, 1)
    place.calls.clear()
    place.new = lambda _: reply(status=204)
    assert fates(place.sweep()) == [("deleted", "")]
    assert (len(place.calls), place.left) == (1, 0)


def test_no_connection_is_told(place: Place) -> None:
    """Nothing is deleted, nothing is lost, and no secret is shown."""

    def broken(request: httpx.Request) -> httpx.Response:
        message = f"no way with {TOKEN}"
        raise httpx.ConnectError(message, request=request)

    leave(place.root, (f"{OLD}/teams", "t1"))
    place.old = broken
    came = place.sweep()

    assert "the DELETE was not answered" in came.swept[0].why
    assert TOKEN not in str(came)
    assert place.left == 1


def test_what_may_have_been_made_is_looked_for(place: Place) -> None:
    """On all pages, by the name that only the run gave; nothing else is touched."""
    leave(place.root, (f"{OLD}/teams", ""))
    place.old = listing(teams=[{"id": "t8", "name": "mine"}, {"id": "t9", **NAMED}])
    came = place.sweep()

    assert [(method, path.rpartition("/")[2].partition("?")[0]) for _, method, path in place.calls] == [
        ("GET", "teams"),
        ("GET", "teams"),
        ("DELETE", "t9"),
    ]
    assert (fates(came), came.swept[0].url) == ([("deleted", "")], f"{OLD}/teams/t9")


def test_an_answer_with_several_lists_is_searched_whole(place: Place) -> None:
    """Also where one of them is not there."""
    leave(place.root, (f"{OLD}/roles", ""))
    place.old = listing(roles=[{"id": "r1", **NAMED}])

    assert fates(place.sweep()) == [("deleted", "")]


def test_what_no_list_shows_was_never_made(place: Place) -> None:
    """The create did not arrive: that is settled."""
    leave(place.root, (f"{OLD}/teams", ""))
    place.old = listing(teams=[{"id": "t8", "name": "mine"}, {"name": "harness"}, "odd"])

    came = place.sweep()
    assert (fates(came), came.clean, place.left) == ([("absent", "")], True, 0)


def test_what_belonged_to_something_gone_is_settled(place: Place) -> None:
    """There is no list of its kind any more."""
    leave(place.root, (f"{OLD}/deployments/d1/agent-tokens".replace("iam", "platform"), ""))
    place.old = lambda _: refusal(404)

    assert fates(place.sweep()) == [("absent", "")]


def test_what_was_found_and_cannot_be_deleted_stays(place: Place) -> None:
    """With its URL."""
    leave(place.root, (f"{OLD}/teams", ""))
    shown = listing(teams=[{"id": "t9", **NAMED}])
    place.old = lambda request: refusal(403) if request.method == "DELETE" else shown(request)
    (left,) = place.sweep().swept

    assert (left.fate, left.url) == (Fate.LEFT, f"{OLD}/teams/t9")


@pytest.mark.parametrize(
    ("collection", "labels", "status", "why"),
    [
        ("teams", LABELS, 403, "and the list of them was answered with 403"),
        ("teams", LABELS, 200, "and the list of them was answered with 200"),
        ("teams", {}, 200, "and it has no name to be found by"),
        ("invites", LABELS, 200, "and no operation lists such things"),
    ],
)
def test_what_cannot_be_looked_for_is_the_users(
    place: Place, collection: str, labels: dict[str, str], status: int, why: str
) -> None:
    """Each with why, and it stays in the ledger."""
    leave(place.root, (f"{OLD}/{collection}", ""), labels=labels)
    place.old = lambda _: reply({}, status)
    came = place.sweep()

    assert fates(came) == [("left", f"the connection was lost, {why}")]
    assert place.left == 1


def test_a_list_that_does_not_end_proves_nothing(place: Place) -> None:
    """A page that a gateway refused may have had it."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("offset"):
            return refusal(503)
        return reply({"teams": [{"id": "t1", "name": "mine"}], "totalCount": 2})

    leave(place.root, (f"{OLD}/teams", ""))
    place.old = answer

    (left,) = place.sweep().swept
    assert left.fate is Fate.LEFT
    assert "has no end: the page at offset 1 was answered with 503" in left.why


@pytest.mark.parametrize(
    ("collection", "made"),
    [
        ("https://elsewhere.example/iam/v1beta1/organizations/o/teams", "t1"),
        (f"{OLD}/users", "u1"),
        (f"{HOST}.elsewhere.example/v1/organizations/o/teams", ""),
    ],
)
def test_the_token_goes_nowhere_else(place: Place, collection: str, made: str) -> None:
    """What a file says is deleted only where the environment is, and where a run could have made it."""
    leave(place.root, (collection, made))
    (left,) = place.sweep().swept

    assert (left.fate, left.why) == (Fate.LEFT, "it is not below a base URL of `staging`")
    assert place.calls == []


def test_a_resource_elsewhere_than_its_collection_is_not_deleted(place: Place) -> None:
    """A ledger that somebody wrote by hand cannot name what no run made."""
    leave(place.root, (f"{OLD}/teams", "t1"))
    (path,) = ledgers(place.root / ".harness" / DIRECTORY)
    path.write_text(path.read_text("utf-8").replace("teams/t1", "workspaces/w1"), "utf-8")

    assert [each.fate for each in place.sweep().swept] == [Fate.LEFT]
    assert place.calls == []


def test_nothing_is_deleted_without_permission(place: Place) -> None:
    """The message says what to add; without anything left there is nothing to allow."""
    assert place.sweep(allow_writes=False).clean
    leave(place.root, (f"{OLD}/teams", "t1"))
    with pytest.raises(UsageError, match=r"`staging`.* Add --allow-writes; --dry-run lists what it is\."):
        place.sweep(allow_writes=False)

    assert (place.calls, place.left) == ([], 1)


def test_production_is_swept_only_by_its_name(place: Place) -> None:
    """As runs are."""
    leave(place.root, (f"{OLD}/teams", "t1"))
    place.environment = replace(place.environment, production=True)
    with pytest.raises(UsageError, match="`--production staging`"):
        place.sweep()
    with pytest.raises(UsageError, match="Add --allow-writes --production staging;"):
        place.sweep(allow_writes=False)
    assert place.calls == []

    assert place.sweep(production="staging").clean


def test_a_sandbox_needs_no_permission(place: Place) -> None:
    """Nothing in it is anybody's."""
    place.environment = replace(SANDBOX, name="staging", base_urls=BASES)
    leave(place.root, (f"{OLD}/teams", "t1"))

    assert fates(place.sweep(allow_writes=False)) == [("deleted", "")]


def test_a_token_is_needed_only_for_what_is_left(place: Place) -> None:
    """Nothing is called without one."""
    place.environ = {}
    assert place.sweep().clean
    leave(place.root, (f"{OLD}/teams", "t1"))
    with pytest.raises(TargetError, match="ASTRO_API_TOKEN is not set"):
        place.sweep()

    assert place.left == 1


def test_a_dry_run_calls_nothing(place: Place) -> None:
    """It needs no token and no permission, and says all."""
    place.environ = {}
    leave(place.root, (f"{OLD}/teams", "t1"), (f"{NEW}/teams", ""))
    came = place.sweep(dry=True, allow_writes=False)

    assert fates(came) == [("planned", "the connection was lost"), ("planned", "")]
    assert (came.clean, place.calls, place.left) == (False, [], 1)


@contextmanager
def alive(root: Path) -> Iterator[None]:
    """Let a run be alive that made something."""
    ledger = Ledger(root / ".harness" / DIRECTORY, run="aaaaaaaaaaaa", environment="staging")
    ledger.made(ledger.intend(Side.BASELINE, "a", f"{OLD}/teams", {}), f"{OLD}/teams/t7")
    yield
    ledger.close()


def test_a_run_that_lives_is_left_alone(place: Place) -> None:
    """What it made is not deleted under its feet; that of others is."""
    leave(place.root, (f"{OLD}/teams", "t1"))
    with alive(place.root):
        came = place.sweep()

        assert [account.run for account in came.alive] == ["aaaaaaaaaaaa"]
        assert [path.rpartition("/")[2] for _, _, path in place.calls] == ["t1"]
        assert place.sweep(allow_writes=False).clean


def test_other_environments_are_only_told(place: Place) -> None:
    """Their tokens and base URLs are others."""
    leave(place.root, (f"{OLD}/teams", "t1"), environment="production")
    came = place.sweep()

    assert (came.elsewhere, came.clean, place.calls, place.left) == ({"production": 1}, True, [], 1)


def test_a_damaged_line_is_told_and_the_rest_is_swept(place: Place) -> None:
    """The file stays, and nothing is clean: the line may stand for something."""
    leave(place.root, (f"{OLD}/teams", "t1"))
    (path,) = ledgers(place.root / ".harness" / DIRECTORY)
    path.write_text(f"{path.read_text('utf-8')}nonsense\n", "utf-8")
    came = place.sweep()

    assert fates(came) == [("deleted", "")]
    assert [problem.where for problem in came.damaged] == [f"{path}:4"]
    assert (came.clean, place.left) == (False, 1)


def test_an_interrupted_sweep_goes_on_later(place: Place) -> None:
    """What it deleted is noted, one by one."""
    leave(place.root, (f"{OLD}/teams", "t1"), (f"{OLD}/teams", "t2"))

    def once(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("t1"):
            raise KeyboardInterrupt
        return reply(status=204)

    place.old = once
    with pytest.raises(KeyboardInterrupt):
        place.sweep()
    place.old = lambda _: reply(status=204)

    assert [each.url for each in place.sweep().swept] == [f"{OLD}/teams/t1"]


@pytest.mark.parametrize("id_", ["..", ".", "t1/../../workspaces/w1", "t1/tokens/k1", "t1?all=true", "t1#x"])
def test_an_id_that_leads_elsewhere_is_not_deleted(place: Place, id_: str) -> None:
    """A URL with dots is that of something above: `teams/..` is the organization itself."""
    leave(place.root, (f"{OLD}/teams", id_))

    assert [each.fate for each in place.sweep().swept] == [Fate.LEFT]
    assert place.calls == []


def test_a_collection_that_leads_elsewhere_is_not_called(place: Place) -> None:
    """Neither by dots in its path."""
    leave(place.root, (f"{OLD}/workspaces/../teams", "t1"), (f"{BASES['iam']}/organizations/../teams", "t2"))

    assert [each.fate for each in place.sweep().swept] == [Fate.LEFT] * 2
    assert place.calls == []


@pytest.mark.parametrize("id_", ["", ".", ".."])
def test_an_element_without_an_id_of_its_own_is_not_deleted(place: Place, id_: str) -> None:
    """Its URL would be that of the whole list, or of what the list belongs to."""
    leave(place.root, (f"{OLD}/teams", ""))
    place.old = listing(teams=[{"id": id_, **NAMED}])
    (left,) = place.sweep().swept

    assert left.fate is Fate.LEFT
    assert {method for _, method, _ in place.calls} == {"GET"}


def test_names_without_the_runs_id_find_nothing(place: Place) -> None:
    """What a damaged or written file gives as a name may be that of somebody else's resource."""
    leave(place.root, (f"{OLD}/teams", ""), labels={"name": "mine"})
    place.old = listing(teams=[{"id": "t8", "name": "mine"}])
    (left,) = place.sweep().swept

    assert (left.fate, place.calls) == (Fate.LEFT, [])
    assert left.why == "the connection was lost, and it has no name to be found by"


@pytest.mark.parametrize(
    ("page", "total"), [(refusal(500), {}), (httpx.Response(200, html="<p>wait</p>"), {"totalCount": 2})]
)
def test_a_list_that_breaks_off_proves_nothing(
    place: Place, page: httpx.Response, total: dict[str, int]
) -> None:
    """An error, or a page of a gateway, is no end: what was looked for may stand behind it."""

    def answer(request: httpx.Request) -> httpx.Response:
        return page if request.url.params.get("offset") else reply({"teams": [{"id": "t1"}], **total})

    leave(place.root, (f"{OLD}/teams", ""))
    place.old = answer
    (left,) = place.sweep().swept

    assert left.fate is Fate.LEFT
    assert "has no end" in left.why


@pytest.mark.parametrize("now", ["2026-11-29T09:59:59Z", "2026-11-29T10:04:59Z"])
def test_what_may_still_arrive_is_not_settled(place: Place, now: str) -> None:
    """Its request was sent lately, or a clock went back: it stays until a later sweep finds it."""
    leave(place.root, (f"{OLD}/teams", ""), at="2026-11-29T10:00:00Z")
    place.old, place.now = listing(teams=[]), now
    came = place.sweep()
    due = "its request may still be on its way: run this again after 2026-11-29T10:05:00Z"

    assert fates(came) == [("pending", f"the connection was lost, and {due}")]
    assert (came.clean, place.left) == (False, 1)
    place.old = listing(teams=[{"id": "t9", **NAMED}])
    assert fates(place.sweep()) == [("deleted", "")]
    assert place.left == 0


def test_what_has_not_arrived_in_time_was_never_made(place: Place) -> None:
    """Some minutes after it was sent that is settled, however often it was asked before."""
    leave(place.root, (f"{OLD}/teams", ""), at="2026-11-29T10:00:00Z")
    place.old = listing(teams=[])
    found: list[Swept] = []
    for place.now in ("2026-11-29T10:01:00Z", "2026-11-29T10:04:00Z", "2026-11-29T10:05:00Z"):
        found += place.sweep().swept

    assert [each.fate for each in found] == [Fate.PENDING, Fate.PENDING, Fate.ABSENT]
    assert place.left == 0


def headless(place: Place) -> bytes:
    """Damage the line of the only ledger that names its environment; return what the file holds then."""
    (path,) = ledgers(place.root / ".harness" / DIRECTORY)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([b"#" * 20 + b"\n", *lines[1:]]))
    return path.read_bytes()


def test_a_ledger_that_names_no_environment_is_left_alone(place: Place) -> None:
    """It is told in one message, how to sweep it too, and nothing of it is called or forgotten."""
    leave(place.root, (f"{OLD}/teams", "t1"))
    before = headless(place)
    (path,) = ledgers(place.root / ".harness" / DIRECTORY)
    shown: list[Sweep] = []
    came = place.sweep()
    forget(place.settings, "staging", shown.append)

    for each in (came, place.sweep(dry=True), *shown):
        assert (each.swept, each.damaged, each.clean) == ((), (), False)
        assert [problem.where for problem in each.nameless] == [str(path)]
        assert "1 thing in it may be left" in each.nameless[0].what
        assert "`harness sweep --environment NAME`" in each.nameless[0].advice
    assert (place.calls, path.read_bytes()) == ([], before)


def test_a_ledger_that_names_no_environment_is_swept_where_one_is_named(place: Place) -> None:
    """What is below the base URLs is deleted; the damaged line is still told."""
    leave(place.root, (f"{OLD}/teams", "t1"), (f"{HOST}.elsewhere.example/v1/organizations/o/teams", "t2"))
    headless(place)
    came = place.sweep(named=True)

    assert fates(came) == [("left", "it is not below a base URL of `staging`"), ("deleted", "")]
    assert (len(came.damaged), came.nameless, place.left) == (1, (), 1)


@pytest.mark.parametrize("end", [b'{"event":"go', b'{"event":"gone","id":1}\n'])
def test_a_dry_run_changes_nothing_on_disk(place: Place, end: bytes) -> None:
    """Also where a kill cut the last line short, or came before the file was removed."""
    leave(place.root, (f"{OLD}/teams", "t1"))
    (path,) = ledgers(place.root / ".harness" / DIRECTORY)
    path.write_bytes(path.read_bytes() + end)
    before = path.read_bytes()
    place.sweep(dry=True)

    assert path.read_bytes() == before


def test_what_is_forgotten_is_shown_first(place: Place) -> None:
    """All that is open in the environment, with damaged lines; other environments are only told."""
    leave(place.root, (f"{OLD}/teams", "t1"), (f"{NEW}/invites", ""))
    leave(place.root, (f"{OLD}/teams", "t3"), run="aaaaaaaaaaaa", environment="production")
    path = next(each for each in ledgers(place.root / ".harness" / DIRECTORY) if "3fa9c1" in each.name)
    path.write_bytes(path.read_bytes() + b"nonsense\n")
    there = []
    shown: list[Sweep] = []

    def show(came: Sweep) -> None:
        there.append(path.exists())
        shown.append(came)

    assert is_known(place.settings, "staging")
    forget(place.settings, "staging", show)

    assert [(each.fate, each.url) for each in shown[0].swept] == [
        (Fate.FORGOTTEN, ""),
        (Fate.FORGOTTEN, f"{OLD}/teams/t1"),
    ]
    assert [problem.where for problem in shown[0].damaged] == [f"{path}:6"]
    assert (there, path.exists(), shown[0].elsewhere) == ([True], False, {"production": 1})
    assert (is_known(place.settings, "staging"), place.left) == (False, 1)


def test_what_was_not_shown_is_not_forgotten(place: Place) -> None:
    """Where it cannot be written, the ledger stays as it is."""
    leave(place.root, (f"{OLD}/teams", "t1"))
    (path,) = ledgers(place.root / ".harness" / DIRECTORY)
    before = path.read_bytes()

    def broken(_: Sweep) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        forget(place.settings, "staging", broken)
    assert path.read_bytes() == before


def test_a_run_that_lives_is_not_forgotten(place: Place) -> None:
    """Its ledger is its own."""
    shown: list[Sweep] = []
    with alive(place.root):
        forget(place.settings, "staging", shown.append)

        assert [account.run for account in shown[0].alive] == ["aaaaaaaaaaaa"]
        assert (shown[0].swept, place.left) == ((), 1)


def test_what_is_pending_is_waited_for(place: Place) -> None:
    """Both sweeps are shown, and the second comes when everything can be known."""
    leave(place.root, (f"{OLD}/teams", ""), (f"{OLD}/teams", "t1"), at="2026-11-29T10:00:00Z")
    place.old, place.now = listing(teams=[]), "2026-11-29T10:01:00Z"
    shown: list[Sweep] = []
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        place.now = "2026-11-29T10:05:00Z"

    def again() -> Sweep:
        with place.services():
            options = place.configured(Mode.LIVE)
            return sweep_twice(options, shown.append, wait, now=lambda: datetime.fromisoformat(place.now))

    came = again()
    assert [[each.fate for each in one.swept] for one in shown] == [
        [Fate.DELETED, Fate.PENDING],
        [Fate.ABSENT],
    ]
    assert (waited, came.clean, place.left) == ([240.0], True, 0)
    shown.clear()
    assert (again().clean, len(shown), len(waited)) == (True, 1, 1)


@pytest.mark.parametrize(
    ("at", "waits"), [("2026-11-29T10:00:00Z", 240.0), ("2026-12-24T10:00:00+02:00", 300.0)]
)
def test_no_clock_holds_a_sweep_for_long(place: Place, at: str, waits: float) -> None:
    """Also where what was sent lies in the future, it waits for some minutes and says what is left."""
    leave(place.root, (f"{OLD}/teams", ""), at=at)
    place.old, place.now = listing(teams=[]), "2026-11-29T10:01:00Z"
    waited: list[float] = []
    with place.services():
        options = place.configured(Mode.LIVE)
        came = sweep_twice(options, str, waited.append, now=lambda: datetime.fromisoformat(place.now))

    assert waited == [waits]
    assert ([each.fate for each in came.swept], came.clean) == ([Fate.PENDING], False)


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "yesterday", ""])
def test_a_time_that_there_is_not_is_long_past(place: Place, at: str) -> None:
    """A ledger that was written by hand or damaged keeps no sweep from its end."""
    leave(place.root, (f"{OLD}/teams", ""))
    (path,) = ledgers(place.root / ".harness" / DIRECTORY)
    path.write_text(path.read_text("utf-8").replace("2026-11-20T10:00:00Z", at), "utf-8")
    place.old = listing(teams=[])

    assert {each.fate for each in place.sweep(named=True).swept} <= {Fate.ABSENT, Fate.LEFT}
