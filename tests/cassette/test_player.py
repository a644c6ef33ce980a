"""Playing."""

from __future__ import annotations

import signal
import zlib
from contextlib import suppress
from pathlib import Path
from threading import Thread

import pytest

from harness.cassette import Cassette
from harness.errors import CassetteError
from harness.exchange import Exchange, Failure, FailureKind, Request
from harness.redact import Redactor
from harness.settings import SecretRules
from harness.struct import replace
from tests.cassette import PROVENANCE, answer, exchange, get, post, write


def load(tmp_path: Path, *exchanges: Exchange, suffix: str = "yaml") -> Cassette:
    """Write and load a cassette."""
    return Cassette.load(write(tmp_path / f"x.{suffix}", *exchanges), remedy="record me")


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_an_exchange_is_played_as_it_was_recorded(tmp_path: Path, suffix: str) -> None:
    """Request, response, times: everything comes back."""
    original = exchange(post({"a": "é", "b": [1]}), answer(b"\x00\xff", media="image/png"))

    assert load(tmp_path, original, suffix=suffix).play(post({"b": [1], "a": "é"})) == original


def test_odd_requests_and_statuses_are_played(tmp_path: Path) -> None:
    """A method or URL that YAML has to quote, and a status that nobody knows, come back."""
    headers = (("authorization", "harness-probe malformed"),)
    odd = exchange(Request(method="NO", url="https://h/p?'x'=[1]:", headers=headers), answer(status=299))

    assert load(tmp_path, odd).play(odd.request) == odd


def test_the_order_of_asking_is_free(tmp_path: Path) -> None:
    """Each request finds its own answer, whatever was asked before."""
    exchanges = [exchange(post({"n": n}), answer(b'{"n":%d}' % n)) for n in range(5)]
    cassette = load(tmp_path, *exchanges)

    assert [cassette.play(post({"n": n})) for n in (3, 0, 4, 2, 1)] == [exchanges[n] for n in (3, 0, 4, 2, 1)]


def test_the_same_request_is_answered_in_order(tmp_path: Path) -> None:
    """A poll sees the states in the order in which they were recorded, and then no more."""
    exchanges = [exchange(response=answer(b'{"n":%d}' % n)) for n in range(3)]
    cassette = load(tmp_path, *exchanges)

    assert [cassette.play(get()) for _ in range(3)] == exchanges
    with pytest.raises(CassetteError, match=r"recorded 3 times and played 3 times.*record me"):
        cassette.play(get())


def test_one_can_ask_whether_an_answer_is_left(tmp_path: Path) -> None:
    """Asking plays nothing; it is about this very request."""
    cassette = load(tmp_path, exchange())

    assert cassette.holds(get())
    assert not cassette.holds(get("/other"))
    assert not cassette.holds(post({}))
    cassette.play(get())
    assert not cassette.holds(get())


def test_a_failure_is_played(tmp_path: Path) -> None:
    """A call that failed when it was recorded fails in the same way."""
    failed = Exchange(
        request=get(),
        failure=Failure(kind=FailureKind.TIMEOUT, message="timed out"),
        started="2026-01-01T00:00:00.000Z",
        elapsed=30.0,
    )

    assert load(tmp_path, failed).play(get()) == failed


def test_probes_are_told_from_calls(tmp_path: Path) -> None:
    """The same request with no token, a made-up one and a real one has three answers."""
    probes = [None, "harness-probe malformed", "Bearer harness-probe-invalid-token"]
    markers = [*probes, "Bearer [ASTRO_API_TOKEN]"]
    exchanges = [
        exchange(get(authorization=marker), answer(status=200 + n)) for n, marker in enumerate(markers)
    ]
    cassette = load(tmp_path, *exchanges)
    real = cassette.play(get(authorization="Bearer a-real-token"))

    assert real == exchanges[3]
    assert [cassette.play(get(authorization=marker)) for marker in probes] == exchanges[:3]


def test_a_token_is_not_ignored_in_files_of_ours(tmp_path: Path) -> None:
    """An exchange without a token does not answer a request with one."""
    with pytest.raises(CassetteError, match="authorization token, recorded none"):
        load(tmp_path, exchange(get(authorization=None))).play(get())


def test_what_was_recorded_is_counted(tmp_path: Path) -> None:
    """Whether it was played or not."""
    cassette = load(tmp_path, exchange(get("/a")), exchange(get("/b")), exchange(post({}, "/c")))
    cassette.play(get("/b"))

    assert len(cassette) == 3


def test_threads_share_a_cassette(tmp_path: Path) -> None:
    """Each exchange is played once, however many threads ask."""
    exchanges = [exchange(response=answer(b'{"n":%d}' % n)) for n in range(200)]
    cassette = load(tmp_path, *exchanges)
    played: list[Exchange] = []

    def play() -> None:
        played.extend(cassette.play(get()) for _ in range(50))

    threads = [Thread(target=play) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(one.response.content for one in played if one.response) == sorted(
        one.response.content for one in exchanges if one.response
    )


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no such timer")
def test_an_interrupt_leaves_a_cassette_free(tmp_path: Path) -> None:
    """What cleans up after an interrupt asks the same cassette, whenever that came."""
    cassette = load(tmp_path, exchange())
    old = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        for number in range(400):
            with suppress(KeyboardInterrupt):
                signal.setitimer(signal.ITIMER_REAL, 0.0001 + number % 40 * 1e-6)
                for _ in range(20_000):
                    cassette.holds(get("/other"))
                signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    asking = Thread(target=cassette.holds, args=(get(),), daemon=True)
    asking.start()
    asking.join(10)

    assert not asking.is_alive()


def test_damage_that_is_found_late_is_an_error(tmp_path: Path) -> None:
    """An exchange is read when it is asked for, and what is wrong with it then is said as ever."""
    path = write(tmp_path / "x.yaml", exchange())
    text = path.read_text(encoding="utf-8").replace("elapsed: 0.25", "elapsed: soon")
    sealed = text[: text.index("    seal:")]
    path.write_text(f"{sealed}    seal: crc32-{zlib.crc32(sealed.encode()):08x}\n    exchanges: 1\n")
    cassette = Cassette.load(path, remedy="record me")

    with pytest.raises(
        CassetteError,
        match=r"x.yaml:3: .* damaged: exchange 1 is not whole: could not convert .* again: record me",
    ):
        cassette.play(get())


def test_playing_changes_no_file(tmp_path: Path) -> None:
    """Only saving writes."""
    cassette = load(tmp_path, exchange())
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    cassette.play(get())
    with pytest.raises(CassetteError):
        cassette.play(get("/other"))

    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_calls_are_known_without_reading_the_rest(tmp_path: Path) -> None:
    """Method and URL of each exchange, in file order, also of one that is damaged further in."""
    path = write(tmp_path / "x.yaml", exchange(), exchange(post({})))
    calls = Cassette.load(path).calls

    assert calls == tuple((one.method, one.url) for one in (get(), post({})))


def test_what_a_project_hides_is_asked_for_by_its_real_value(tmp_path: Path) -> None:
    """The file has the placeholder of a value that only the project's own rules know as a secret."""
    redactor = Redactor(rules=SecretRules(names=("corpKey",)))
    recorded = redactor.exchange(exchange(post({"corpKey": "open sesame"})))
    path = write(tmp_path / "x.yaml", recorded)
    cassette = Cassette.load(path, redactor=Redactor(rules=SecretRules(names=("corpKey",))))

    assert not Cassette.load(path).holds(post({"corpKey": "open sesame"}))
    assert cassette.holds(post({"corpKey": "open sesame"}))
    assert cassette.play(post({"corpKey": "open sesame"})) == recorded


@pytest.mark.parametrize("name", ["x.yaml", "x.json"])
def test_repeats_are_told_from_other_answers(tmp_path: Path, name: str) -> None:
    """What comes next is an answer to a repeat or to a call of its own, in the order of the recording."""
    repeated = replace(exchange(), repeat=True)
    cassette = Cassette.load(write(tmp_path / name, exchange(), repeated, exchange()))
    told = []
    for _ in range(4):
        told.append((cassette.holds(get()), cassette.holds(get(), repeat=True)))
        if any(told[-1]):
            cassette.play(get())

    assert told == [(True, False), (False, True), (True, False), (False, False)]
    assert not cassette.holds(get("/other"), repeat=True)


def test_repeats_are_no_calls(tmp_path: Path) -> None:
    """Who counts calls does not count what was only asked again; whoever edits the file changes nothing."""
    path = write(tmp_path / "x.yaml", exchange(), replace(exchange(), repeat=True))
    sealed = Cassette.load(path)
    path.write_text(path.read_text(encoding="utf-8").replace("elapsed: 0.25", "elapsed: 0.5"))
    edited = Cassette.load(path)

    assert edited.edited
    assert not sealed.edited
    for cassette in (sealed, edited):
        assert len(cassette.calls) == 1
        assert [each.repeat for each in cassette.exchanges] == [False, True]


def test_a_body_that_speaks_of_repeats_is_none(tmp_path: Path) -> None:
    """Only the harness's own part of an interaction says what it is."""
    spoken = exchange(response=answer(b"a:\n    repeat: true\n", media="text/plain"))
    cassette = load(tmp_path, spoken)

    assert cassette.holds(get())
    assert len(cassette.calls) == 1


def test_a_cassette_that_was_never_a_file_is_played_like_one(tmp_path: Path) -> None:
    """It answers, and says what it lacks, as the file would that has the same exchanges."""
    exchanges = [exchange(response=answer(b'{"n":1}')), exchange(post({"a": 1}))]
    steps = [(one, f"step {number}") for number, one in enumerate(exchanges, 1)]
    made = Cassette.of(steps, PROVENANCE, {"v": "x"})
    loaded = Cassette.load(write(tmp_path / "x.yaml", *exchanges, variables={"v": "x"}))
    told = []
    for cassette in (made, loaded):
        with pytest.raises(CassetteError) as caught:
            cassette.play(post({"a": 2}))
        told.append((caught.value.problems[0].what, cassette.play(get()), cassette.exchanges))

    assert told[0] == told[1]
    assert "step 2" in told[0][0]
    assert (made.provenance, made.variables) == (loaded.provenance, loaded.variables)


def test_a_token_that_a_scenario_writes_itself_may_have_a_name_in_the_file(tmp_path: Path) -> None:
    """A replay does not know that a token is that of a role; the environment's own one is another one."""
    readonly = exchange(get(authorization="Bearer [ASTRO_API_TOKEN_READONLY]"))
    cassette = Cassette.load(write(tmp_path / "x.yaml", readonly))

    with pytest.raises(CassetteError, match="authorization token, recorded token READONLY"):
        cassette.play(get())
    assert cassette.play(get(authorization="Bearer ro-5f1d0c7e9b2a4836")).response == readonly.response
    with pytest.raises(CassetteError, match="it was recorded once and played once"):
        cassette.play(get(authorization="Bearer ro-5f1d0c7e9b2a4836"))


def test_the_token_itself_is_played_before_those_of_roles(tmp_path: Path) -> None:
    """Of several recorded tokens the one without a role is the likeliest to be the one that is written."""
    tokens = ("Bearer [ASTRO_API_TOKEN_READONLY]", "Bearer REDACTED-0a1b2c3d")
    recorded = [exchange(get(authorization=token), answer(token.encode())) for token in tokens]
    cassette = Cassette.load(write(tmp_path / "x.yaml", *recorded))

    played = [cassette.play(get(authorization="Bearer mine-5f1d0c7e9b2a")).response for _ in tokens]

    assert played == [one.response for one in reversed(recorded)]
