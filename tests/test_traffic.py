"""Which operations a set of cassettes uses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from filelock import FileLock

from harness.cassette import CassetteWriter
from harness.contract import V1BETA1, load_contract
from harness.errors import HarnessError
from harness.exchange import Exchange, Request, Response
from harness.traffic import Traffic, read_traffic
from tests.documentation import ROOT
from tests.report.builders import provenance

IAM = "https://api.astronomer.io/iam/v1beta1/organizations/o1"
V1 = "https://api.astronomer.io/v1/organizations/o1"
STOCK = """\
interactions:
- request:
    body: null
    headers: {}
    method: GET
    uri: https://api.astronomer.io/platform/v1beta1/organizations/o1/deployments?limit=1
  response:
    body:
      string: '{}'
    headers: {}
    status:
      code: 200
      message: OK
version: 1
"""
STOCK_JSON = {
    "version": 1,
    "interactions": [
        {
            "request": {"method": "GET", "uri": f"{IAM}/users", "body": "", "headers": {}},
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {},
                "body": {"string": "{}"},
            },
        }
    ],
}


def _record(path: Path, *calls: tuple[str, str], step: str = "step") -> Path:
    writer = CassetteWriter(secrets=[])
    for method, url in calls:
        writer.add(Exchange(request=Request(method=method, url=url), response=Response(status=200)), step)
    writer.save(path, provenance(), {})
    return path


def _read(*paths: Path) -> Traffic:
    return read_traffic(paths, load_contract(V1BETA1))


def test_calls_are_counted_by_operation(tmp_path: Path) -> None:
    """Those of v1beta1 by id, those of newer versions together, unknown ones by method and path."""
    path = _record(
        tmp_path / "a.yaml",
        ("GET", f"{IAM}/tokens?limit=1"),
        ("GET", f"{IAM}/tokens/t1"),
        ("GET", f"{IAM}/tokens/t2"),
        ("GET", f"{V1}/tokens"),
        ("GET", "https://api.astronomer.io/labs/v1/organizations/o1/alerts"),
        ("GET", f"{IAM}/things?x=1"),
    )

    assert _read(path) == Traffic(
        cassettes=1,
        calls=6,
        operations={"GetApiToken": 2, "ListApiTokens": 1},
        unknown={"GET /organizations/o1/things": 1},
        newer=2,
    )


def test_a_directory_is_searched_for_cassettes_of_both_kinds(tmp_path: Path) -> None:
    """Ours and stock vcrpy's, in YAML and JSON; other files are left alone."""
    _record(tmp_path / "deep" / "er" / "a.yaml", ("GET", f"{IAM}/tokens"))
    (tmp_path / "stock.yml").write_text(STOCK, "utf-8")
    (tmp_path / "stock.json").write_text(json.dumps(STOCK_JSON), "utf-8")
    (tmp_path / "scenario.yaml").write_text("scenario: none\nsteps: []\n", "utf-8")
    (tmp_path / "latin.yaml").write_bytes("name: Zürich\n".encode("latin-1"))
    (tmp_path / "package.json").write_text('{"name": "x"}', "utf-8")
    (tmp_path / "picture.png").write_bytes(b"\xff\x00")

    found = _read(tmp_path)

    assert found.cassettes == 3
    assert found.operations == {"ListApiTokens": 1, "ListDeployments": 1, "ListUsers": 1}


def test_the_shipped_cassettes_are_understood() -> None:
    """Every recorded call is one of v1beta1 or its counterpart of v1, but for probes of a wrong method."""
    found = _read(ROOT / "cassettes")

    # Probes send a method that no contract has there.
    assert [name for name in found.unknown if not name.startswith("PUT ")] == []
    assert sum(found.operations.values()) + sum(found.unknown.values()) + found.newer == found.calls
    assert found.operations["ListApiTokens"] >= 1


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    """All damaged cassettes at once, a missing file, and a directory without any."""
    for name in ("a.yaml", "b.yaml"):
        path = _record(tmp_path / "damaged" / name, ("GET", f"{IAM}/tokens"))
        whole = path.read_text("utf-8")
        path.write_text(whole[: len(whole) // 2], "utf-8")
    (tmp_path / "empty").mkdir()

    with pytest.raises(HarnessError) as damaged:
        _read(tmp_path / "damaged")
    with pytest.raises(HarnessError, match="there is no such cassette"):
        _read(tmp_path / "nowhere.yaml")
    with pytest.raises(HarnessError, match="there are no cassettes here"):
        _read(tmp_path / "empty")
    assert [Path(problem.where).name for problem in damaged.value.problems] == ["a.yaml", "b.yaml"]


@pytest.mark.parametrize("name", ["traffic.har", "access.log", "ACCESS.JSONL"])
def test_captured_traffic_is_no_damaged_cassette(tmp_path: Path, name: str) -> None:
    """Whoever names it learns how cassettes are made of it, and not to restore it."""
    (tmp_path / name).write_text('{"log": {"entries": []}}', "utf-8")

    with pytest.raises(HarnessError, match=rf"no cassette. Make .*`harness record --from .*{name} -o DIR`"):
        _read(tmp_path / name)


@pytest.mark.parametrize("content", [b"", b"<html>no</html>", b"\xff\x00\x9f", b"- a: 1\n"])
@pytest.mark.parametrize("name", ["baseline.yaml", "candidate.json"])
def test_a_damaged_cassette_is_not_passed_over(tmp_path: Path, name: str, content: bytes) -> None:
    """A file with the name of a cassette that has nothing of one any more is told, beside a whole one."""
    _record(tmp_path / "a.yaml", ("GET", f"{IAM}/tokens"))
    (tmp_path / name).write_bytes(content)

    with pytest.raises(HarnessError) as damaged:
        _read(tmp_path)
    assert [Path(problem.where).name.partition(":")[0] for problem in damaged.value.problems] == [name]


def test_a_scenario_may_be_called_like_a_cassette(tmp_path: Path) -> None:
    """What has steps is no damaged cassette."""
    _record(tmp_path / "a.yaml", ("GET", f"{IAM}/tokens"))
    (tmp_path / "baseline.yaml").write_text("# yaml-language-server: x\nscenario: a\nsteps: []\n")

    assert _read(tmp_path).cassettes == 1


def test_an_interrupted_recording_is_told(tmp_path: Path) -> None:
    """Where its exchanges are not in a cassette yet, it is said how they get there."""
    (tmp_path / ".recording").mkdir()

    with pytest.raises(HarnessError, match="harness record --recover --output"):
        _read(tmp_path)


def test_a_recording_that_goes_on_is_no_interrupted_one(tmp_path: Path) -> None:
    """As long as its recorder lives there is nothing to recover; afterwards there is."""
    (tmp_path / ".recording").mkdir()
    lock = FileLock(tmp_path / ".recording" / "lock")

    with lock, pytest.raises(HarnessError, match="A recording goes on here: end it, as by Ctrl-C"):
        _read(tmp_path)
    (tmp_path / ".recording" / "lock").touch()
    with pytest.raises(HarnessError, match="harness record --recover --output"):
        _read(tmp_path)


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_what_drafts_of_a_recording_ask_is_no_call_of_the_client(tmp_path: Path, suffix: str) -> None:
    """Their cassettes may stand below it; where there is nothing else, or they are named, they count."""
    own, copied = tmp_path / f"baseline.{suffix}", tmp_path / "tokens" / f"baseline.{suffix}"
    _record(copied, ("GET", f"{IAM}/tokens"))
    alone = _read(tmp_path)
    _record(own, ("GET", f"{IAM}/tokens"), step="")
    both = _read(tmp_path)

    assert (alone.cassettes, alone.calls, alone.aside) == (1, 1, 0)
    assert (both.cassettes, both.calls, both.aside) == (1, 1, 1)
    assert _read(own, copied).calls == 2


def test_other_tools_recordings_are_a_clients(tmp_path: Path) -> None:
    """What vcrpy wrote has no steps; its cassettes count beside ours."""
    (tmp_path / "stock.yml").write_text(STOCK, "utf-8")
    _record(tmp_path / "own" / "baseline.yaml", ("GET", f"{IAM}/tokens"), step="")
    _record(tmp_path / "drafted" / "baseline.yaml", ("GET", f"{IAM}/tokens"))
    found = _read(tmp_path)

    assert found.operations == {"ListApiTokens": 1, "ListDeployments": 1}
    assert found.aside == 1
