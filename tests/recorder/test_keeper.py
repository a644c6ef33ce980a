"""The one way out of every recorder."""

from __future__ import annotations

import math
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from harness.cassette import Cassette
from harness.errors import CassetteError, UsageError
from harness.exchange import BODY_CUT, Exchange, Response
from harness.leaks import LeakCheck, Quarantine
from harness.recorder import Kept, recover, scope_of
from harness.recorder.journal import Journal
from harness.recorder.scope import Scope
from harness.redact import Redactor
from harness.result import Source
from harness.settings import PRODUCTION, SANDBOX_MARK, SecretRules
from harness.struct import replace
from harness.traffic import WORK
from tests.recorder import IAM, SECRECY, SECRETS, TOKEN, V1, exchange, keep, keeper

RECOVERY = "Run `harness record --recover --output {}` next, or delete that directory."


def load(path: Path) -> Cassette:
    """Load a cassette as a scenario does."""
    return Cassette.load(path, remedy="")


def test_a_recording_becomes_a_cassette_a_side(tmp_path: Path) -> None:
    """v1beta1 is the baseline, v1 the candidate; the token is nowhere."""
    with keeper(tmp_path) as made:
        keep(made, exchange(), exchange(f"{V1}/organizations/o/users"), exchange())
        kept = made.finish()

    assert kept.cassettes == {tmp_path / "baseline.yaml": 2, tmp_path / "candidate.yaml": 1}
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["baseline.yaml", "candidate.yaml"]
    assert all(TOKEN not in path.read_text() for path in tmp_path.iterdir())
    assert load(tmp_path / "baseline.yaml").exchanges[0].response == exchange().response


def test_the_cassette_says_where_it_comes_from(tmp_path: Path) -> None:
    """With the base URLs and the contracts by which it will be understood."""
    with keeper(tmp_path) as made:
        keep(made, exchange())
        made.finish()
    provenance = load(tmp_path / "baseline.yaml").provenance

    assert provenance is not None
    assert (provenance.source, provenance.environment) == (Source.LIVE, "production")
    assert (provenance.base_urls, set(provenance.contracts)) == ({"iam": IAM}, {"iam"})


@pytest.mark.parametrize(
    "answered",
    [
        exchange("http://127.0.0.1:8765/iam/v1beta1/organizations"),
        replace(exchange(), response=Response(status=200, headers=(SANDBOX_MARK,), content=b"")),
    ],
)
def test_what_the_sandbox_or_this_machine_answered_is_the_sandboxs(
    tmp_path: Path, answered: Exchange
) -> None:
    """It proves nothing about the vendor's service, and must never look as if it did."""
    with keeper(tmp_path) as made:
        keep(made, answered)
        made.finish()
    provenance = load(tmp_path / "baseline.yaml").provenance

    assert provenance is not None
    assert provenance.source is Source.SANDBOX


def test_what_is_out_of_scope_is_not_kept(tmp_path: Path) -> None:
    """Other hosts, ignored paths; it is counted."""
    scope = scope_of([PRODUCTION], ignored=["/users"])
    with keeper(tmp_path, scope) as made:
        keep(made, exchange("https://other.example/v1/organizations"), exchange(), exchange(f"{IAM}/x"))
        kept = made.finish()

    assert (kept.exchanges, kept.ignored) == (1, 2)


def test_a_recording_of_nothing_leaves_nothing(tmp_path: Path) -> None:
    """Not even a directory, but for one that was there."""
    (tmp_path / "old").mkdir()
    for name in ("old", "new"):
        with keeper(tmp_path / name) as made:
            assert made.finish() == Kept()

    assert list((tmp_path / "old").iterdir()) == []
    assert not (tmp_path / "new").exists()


def test_two_recorders_on_one_directory_are_refused(tmp_path: Path) -> None:
    """The second says so at once, and the first goes on."""
    with keeper(tmp_path) as made:
        with pytest.raises(UsageError, match="another recorder works here"):
            keeper(tmp_path)
        keep(made, exchange())

        assert made.finish().exchanges == 1


def test_a_recording_replaces_nothing(tmp_path: Path) -> None:
    """What was recorded before is as it was."""
    (tmp_path / "baseline.yaml").write_text("precious")
    with pytest.raises(UsageError, match="there is a recording here already"):
        keeper(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["baseline.yaml"]


def test_a_large_body_is_its_length_and_its_hash(tmp_path: Path) -> None:
    """Beyond the cap a body is not kept, and what it was can be checked."""
    with keeper(tmp_path, scope_of([PRODUCTION], body=10)) as made:
        keep(made, exchange(content=b"x" * 11), exchange(content=b"x" * 10))
        made.finish()
    cut, whole = (each.response for each in load(tmp_path / "baseline.yaml").exchanges)

    assert cut is not None
    assert whole is not None
    assert (cut.content, whole.content) == (b"", b"x" * 10)
    assert re.fullmatch(r"11 bytes, sha256 [0-9a-f]{64}", dict(cut.headers)[BODY_CUT])


def test_a_recording_ends_to_grow_at_its_cap(tmp_path: Path) -> None:
    """The disk is not filled; what was lost is counted and said once."""
    told: list[str] = []
    with keeper(tmp_path, scope_of([PRODUCTION], disk=1_500), alert=told.append) as made:
        keep(made, *[exchange() for _ in range(20)])
        kept = made.finish()

    assert 0 < kept.exchanges < 20
    assert kept.lost == 20 - kept.exchanges
    assert len(told) == 1
    assert "bytes that it may have" in told[0]


def test_a_full_disk_is_told_and_loses_only_what_did_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client's call goes on; nothing is raised where it would meet the client."""
    told: list[str] = []
    write = os.write
    with keeper(tmp_path, alert=told.append) as made:
        keep(made, exchange())
        with monkeypatch.context() as full:
            full.setattr(os, "write", lambda *_: write(-1, b""))
            keep(made, exchange(), exchange())
        keep(made, exchange())
        kept = made.finish()

    assert (kept.exchanges, kept.lost, len(told)) == (2, 2, 1)


@pytest.mark.parametrize("version", ["new", "old"])
def test_what_no_file_could_hold_does_not_cost_the_others(tmp_path: Path, version: str) -> None:
    """Other tools make halves of characters of bytes that are no text; earlier journals have them too."""
    odd = replace(exchange(f"{IAM}/a?q=\udc80"), elapsed=math.nan)
    with keeper(tmp_path) as made:
        if version == "new":
            keep(made, odd, exchange())
            kept = made.finish()
        else:
            made._journal.ended(made.began(odd.request), odd)
            keep(made, exchange())
    if version == "old":
        kept = recover(tmp_path, "production", SECRECY)
    urls = [each.request.url for each in load(tmp_path / "baseline.yaml").exchanges]

    assert kept.exchanges == 2
    assert urls == [f"{IAM}/a?q=\\udc80", exchange().request.url]


def test_what_cannot_be_kept_never_meets_the_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of ours is a lost exchange, told without what was in it."""
    told: list[str] = []

    def fails(*_: object) -> None:
        raise ValueError(TOKEN)

    with keeper(tmp_path, alert=told.append) as made:
        monkeypatch.setattr(Redactor, "exchange", fails)
        keep(made, exchange())

    assert "could not be kept (ValueError)" in told[0]
    assert TOKEN not in told[0]


FAULTS = [
    (Scope, "keeps"),
    (Redactor, "url"),
    (Redactor, "exchange"),
    (Journal, "began"),
    (Journal, "ended"),
    (Journal, "lost"),
]


@pytest.mark.parametrize("kind", [ValueError, RecursionError, MemoryError, AssertionError, OSError])
@pytest.mark.parametrize(("owner", "name"), FAULTS)
def test_no_fault_of_the_recorder_meets_the_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: type, name: str, kind: type[Exception]
) -> None:
    """Whatever raises whatever: what was not kept is counted and told, without what was in it."""
    told: list[str] = []

    def fails(*_: object, **__: object) -> None:
        raise kind(TOKEN)

    with keeper(tmp_path, alert=told.append) as made:
        with monkeypatch.context() as broken:
            broken.setattr(owner, name, fails)
            keep(made, exchange())
            made.lost(made.began(exchange().request), "it could not be read")
        keep(made, exchange())
        kept = made.finish()
    # Where only a note cannot be made, what ended is kept all the same.
    unkept = 1 if (owner, name) in {(Journal, "began"), (Journal, "lost")} else 2

    assert (kept.exchanges, kept.lost) == (3 - unkept, unkept)
    assert kept.flying == () or name == "lost"
    assert told
    assert TOKEN not in "".join(told)


def test_an_alert_that_fails_does_not_meet_the_client(tmp_path: Path) -> None:
    """Standard error may be closed; it is counted all the same."""

    def fails(_: str) -> None:
        raise BrokenPipeError

    with keeper(tmp_path, scope_of([PRODUCTION], disk=0), alert=fails) as made:
        keep(made, exchange(), exchange())

        assert made.finish().lost == 2


def test_a_journal_that_was_closed_does_not_meet_the_client(tmp_path: Path) -> None:
    """What comes after the end is told."""
    told: list[str] = []
    with keeper(tmp_path, alert=told.append) as made:
        id_ = made.began(exchange().request)
        made.finish()
        made.ended(id_, exchange())
        made.lost(made.began(exchange().request), "it could not be read")

    assert len(told) == 2


def test_what_never_came_here_is_counted(tmp_path: Path) -> None:
    """A recorder that cannot bring an exchange says so; what is not to be kept is not lost."""
    told: list[str] = []
    with keeper(tmp_path, alert=told.append) as made:
        for url in (f"{IAM}/a", "https://elsewhere.example.org"):
            made.lost(made.began(exchange(url).request), "it could not be read")

        assert made.finish().lost == 1
    assert told == [f"{tmp_path}: it could not be read; the client got its answer, the recording lacks it."]


def test_a_cassette_says_which_redaction_it_has_been_through(tmp_path: Path) -> None:
    """A replay need not look through it once more."""
    with keeper(tmp_path) as made:
        keep(made, exchange())
        (path,) = made.finish().cassettes

    assert Cassette.load(path).redaction == SECRECY.redactor.edition


def test_a_secret_that_got_through_stops_the_cassette(tmp_path: Path) -> None:
    """The check knows the real values, and shares no code with the redaction; the journal is still there."""
    with keeper(tmp_path) as made:
        made._secrecy = replace(SECRECY, redactor=Redactor())
        keep(made, exchange(content=f'{{"note": "x{TOKEN.encode().hex()}y"}}'.encode()))
        with pytest.raises(CassetteError, match="a secret is in"):
            made.finish()

    assert [path.name for path in tmp_path.iterdir()] == [WORK]


def test_what_waits_for_its_recovery_is_private(tmp_path: Path) -> None:
    """Git leaves it alone, nobody else may look, and the message says where it is and what ends it."""
    made = keeper(tmp_path)
    made._secrecy = replace(SECRECY, redactor=Redactor())
    keep(made, exchange(content=f'{{"note": "x{TOKEN.encode().hex()}y"}}'.encode()))
    with made, pytest.raises(CassetteError) as caught:
        made.finish()
    added = ""
    for words in ("init -q", "add .", "ls-files"):
        command = ["git", "-C", str(tmp_path), *words.split()]
        added = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - ours

    assert added == ""
    assert (tmp_path / WORK).stat().st_mode & 0o777 == 0o700
    assert {path.name for path in (tmp_path / WORK).iterdir()} == {".gitignore", "journal.jsonl", "lock"}
    said = f"{tmp_path}: the exchanges are kept in {tmp_path / WORK}, for you alone. {RECOVERY}"

    assert str(caught.value).splitlines()[1:] == [said.format(tmp_path)]


def test_what_an_earlier_version_left_open_is_closed(tmp_path: Path) -> None:
    """Also while it is only looked at."""
    (tmp_path / WORK).mkdir()
    (tmp_path / WORK).chmod(0o755)
    (tmp_path / WORK / "journal.jsonl").write_bytes(b"")
    with pytest.raises(UsageError, match="a recording was interrupted here"):
        keeper(tmp_path)

    assert (tmp_path / WORK).stat().st_mode & 0o777 == 0o700


def test_what_is_half_written_is_not_beside_the_cassettes(tmp_path: Path) -> None:
    """A folding that is killed leaves what nobody has looked through where git and others do not look."""
    seen: list[list[str]] = []

    def looks(written: Path, path: Path) -> None:
        seen.append([written.parent.name, *(each.name for each in path.parent.iterdir())])

    with keeper(tmp_path) as made:
        made._secrecy = replace(SECRECY, review=looks)
        keep(made, exchange())
        made.finish()

    assert seen == [[WORK, WORK]]
    assert [path.name for path in tmp_path.iterdir()] == ["baseline.yaml"]


def test_a_recorder_that_did_not_begin_leaves_nothing(tmp_path: Path) -> None:
    """Where its journal cannot be opened, and where nothing came before it broke off."""
    (tmp_path / "a" / WORK / "journal.jsonl").mkdir(parents=True)
    with pytest.raises(UsageError):
        keeper(tmp_path / "a")
    with pytest.raises(KeyError), keeper(tmp_path / "b"):
        raise KeyError

    assert not (tmp_path / "b").exists()


def test_a_recorder_that_broke_off_says_how_it_goes_on(tmp_path: Path) -> None:
    """What it had is there, and what to run is told."""
    told: list[str] = []
    with keeper(tmp_path, alert=told.append) as made:
        keep(made, exchange())
    said = f"{tmp_path}: the exchanges are kept in {tmp_path / WORK}, for you alone. {RECOVERY}"

    assert told == [said.format(tmp_path)]
    assert recover(tmp_path, "production", SECRECY).exchanges == 1


def test_a_secret_that_a_rule_can_name_is_taken_out_when_it_is_recovered(tmp_path: Path) -> None:
    """The check puts the cassette away; nothing is lost, and the project's new rule holds for the journal."""
    away, rules = tmp_path / "quarantine", SecretRules(patterns=("AKIA[A-Z0-9]{16}",))
    review = Quarantine(LeakCheck(SECRETS, SecretRules()), away)
    with keeper(tmp_path / "r") as made:
        made._secrecy = replace(SECRECY, review=review)
        keep(made, exchange(content=b'{"note": "see AKIAABCDEFGH12345678"}'))
        with pytest.raises(CassetteError, match="AWS Access Key"):
            made.finish()
    redactor = Redactor(SECRETS, rules=rules)
    kept = recover(tmp_path / "r", "production", replace(SECRECY, redactor=redactor, review=review))

    assert len([*away.glob("*.yaml")]) == 1
    assert kept.exchanges == 1
    assert b"AKIA" not in (tmp_path / "r" / "baseline.yaml").read_bytes()


def test_threads_lose_nothing(tmp_path: Path) -> None:
    """Clients call at the same time."""
    with keeper(tmp_path) as made:
        threads = [
            threading.Thread(target=keep, args=(made, *[exchange() for _ in range(25)])) for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert made.finish().exchanges == 200


KILLED = """
import os, sys
from pathlib import Path
from tests.recorder import exchange, keep, keeper
made = keeper(Path(sys.argv[1]))
keep(made, *[exchange() for _ in range(5)])
made.began(exchange().request)
print("ready", flush=True)
input()
"""


def test_a_killed_recorder_loses_nothing_that_ended(tmp_path: Path) -> None:
    """After kill -9 the next recorder refuses, and recovery says what was in flight."""
    process = subprocess.Popen(  # noqa: S603 - it is our own code
        [sys.executable, "-c", KILLED, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    with pytest.raises(UsageError, match="another recorder works here"):
        recover(tmp_path, "production", SECRECY)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with pytest.raises(UsageError, match="harness record --recover"):
        keeper(tmp_path)
    kept = recover(tmp_path, "production", SECRECY)

    assert kept.exchanges == 5
    assert [each.url for each in kept.flying] == [exchange().request.url]
    assert [path.name for path in tmp_path.iterdir()] == ["baseline.yaml"]


def test_a_folding_that_was_killed_is_done_again(tmp_path: Path) -> None:
    """A cassette that it had written already does not stand in the way of the other."""
    made = keeper(tmp_path)
    keep(made, exchange(), exchange(f"{V1}/organizations"))
    made.__exit__()
    (tmp_path / "baseline.yaml").write_text("half of it was there")

    assert recover(tmp_path, "production", SECRECY).exchanges == 2
    assert len(load(tmp_path / "baseline.yaml").exchanges) == 1


def test_a_damaged_journal_is_kept(tmp_path: Path) -> None:
    """What cannot be read may still be of use to a person."""
    made = keeper(tmp_path)
    keep(made, exchange(), exchange())
    made.__exit__()
    journal = tmp_path / WORK / "journal.jsonl"
    data = journal.read_bytes()
    journal.write_bytes(data[:50] + b"?" + data[51:])
    kept = recover(tmp_path, "production", SECRECY)

    assert (kept.exchanges, kept.damaged) == (2, (f"{journal}:1",))
    assert journal.exists()


def test_there_is_nothing_to_recover(tmp_path: Path) -> None:
    """A directory without a journal is a mistake of the caller."""
    with pytest.raises(UsageError, match="no interrupted recording"):
        recover(tmp_path, "production", SECRECY)


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    """It is told before anything is forwarded."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="nothing can be recorded here"):
        keeper(tmp_path / "file" / "below")


def test_a_disk_that_stays_full_is_counted_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no cassette can be written either, what is lost is told now, and when there is room."""
    write, replaced = os.write, Path.replace
    made = keeper(tmp_path)
    keep(made, exchange())
    with monkeypatch.context() as full, made:
        full.setattr(os, "write", lambda *_: write(-1, b""))
        full.setattr(Path, "replace", lambda *_: replaced(Path("none such"), "x"))
        keep(made, *[exchange()] * 5)
        with pytest.raises(CassetteError) as caught:
            made.finish()
    recovered = recover(tmp_path, "production", SECRECY)

    assert "5 exchanges could not be kept; what could (1) is kept in" in str(caught.value)
    assert (recovered.exchanges, recovered.lost, recovered.flying) == (1, 5, ())
    assert [path.name for path in tmp_path.iterdir()] == ["baseline.yaml"]


@pytest.mark.parametrize(("said", "found"), [("", "staging"), ("sandbox", "sandbox")])
def test_a_killed_recording_knows_its_environment(tmp_path: Path, said: str, found: str) -> None:
    """Nobody needs to say it again, and who does is heard; an older recording does not know it."""
    with keeper(tmp_path / "a", environment="staging") as made:
        keep(made, exchange())
    recover(tmp_path / "a", said, SECRECY)
    with keeper(tmp_path / "b") as made:
        made._journal.ended(1, exchange())
    recover(tmp_path / "b", "", SECRECY)
    provenances = [load(tmp_path / name / "baseline.yaml").provenance for name in "ab"]

    assert [each and each.environment for each in provenances] == [found, "unknown"]
