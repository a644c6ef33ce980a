"""What is written into a repository, and what is left alone."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.settings import load_settings
from harness.starting import CI, Left, Written, plan_start, write_start


def _start(directory: Path, *operations: str, ci: CI = CI.BOTH) -> dict[str, Written | Left]:
    start = plan_start(directory, operations, ci)
    write_start(start)
    return {entry.path.relative_to(directory).as_posix(): entry for entry in start.entries}


def _snapshot(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def test_an_empty_directory(tmp_path: Path) -> None:
    """It gets a first scenario, settings that load, what git ignores, and a nightly job for both services."""
    found = _start(tmp_path)

    assert all(isinstance(entry, Written) for entry in found.values())
    assert sorted(_snapshot(tmp_path)) == [
        ".github/workflows/astro-migration.yml",
        ".gitignore",
        ".gitlab-ci.yml",
        ".gitlab/astro-migration.yml",
        "pyproject.toml",
        "scenarios/users/list-users.yaml",
    ]
    assert load_settings(tmp_path).environment == "production"
    assert (tmp_path / ".gitignore").read_text("utf-8") == "/.harness/\n/reports/\n"


@pytest.mark.parametrize(
    ("ci", "jobs"),
    [(CI.NONE, set()), (CI.GITHUB, {".github"}), (CI.GITLAB, {".gitlab", ".gitlab-ci.yml"})],
)
def test_only_the_job_that_is_asked_for(tmp_path: Path, ci: CI, jobs: set[str]) -> None:
    """A repository on one service needs no file of the other."""
    _start(tmp_path, ci=ci)

    assert {name.partition("/")[0] for name in _snapshot(tmp_path)} == {
        *jobs,
        ".gitignore",
        "pyproject.toml",
        "scenarios",
    }


def test_a_second_time_nothing_changes(tmp_path: Path) -> None:
    """What is there is left alone, and said to be."""
    _start(tmp_path, "ListUsers", "CreateTeam")
    before = _snapshot(tmp_path)
    found = _start(tmp_path, "ListUsers", "CreateTeam")

    assert all(isinstance(entry, Left) for entry in found.values())
    assert _snapshot(tmp_path) == before


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    """A file of that name stays as it is, whatever is in it; so does a link that leads nowhere."""
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/astro-migration.yml").write_text("mine", "utf-8")
    (tmp_path / "scenarios/users").mkdir(parents=True)
    (tmp_path / "scenarios/users/list-users.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / ".gitlab-ci.yml").write_text("stages: [test]\n", "utf-8")
    with pytest.raises(UsageError, match="the file cannot be read"):
        _start(tmp_path)
    (tmp_path / "scenarios/users/list-users.yaml").unlink()
    found = _start(tmp_path)
    workflow, root = found[".github/workflows/astro-migration.yml"], found[".gitlab-ci.yml"]

    assert isinstance(workflow, Left)
    assert workflow.why == "it is there already"
    assert (tmp_path / ".github/workflows/astro-migration.yml").read_text("utf-8") == "mine"
    assert isinstance(root, Left)
    assert root.advice == "Add `- local: .gitlab/astro-migration.yml` to its `include:`."
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("text", ["[project]\nname = 'a'\n", "[project]\nname = 'a'", "", "x = 1\r\n"])
def test_settings_are_added_at_the_end(tmp_path: Path, text: str) -> None:
    """What was there stands before them, byte for byte, in the line ends of the file; its mode stays."""
    path = tmp_path / "pyproject.toml"
    path.write_bytes(text.encode())
    path.chmod(0o640)
    _start(tmp_path)
    after = path.read_bytes().decode()

    assert after.startswith(text)
    assert ("\r\n" in text) is ("\n" in text and "\n" not in after.replace("\r\n", ""))
    assert tomllib.loads(after)["tool"]["harness"]["environment"] == "production"
    assert path.stat().st_mode & 0o777 == 0o640
    assert load_settings(tmp_path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[tool.harness]\nprofile = 'tolerant'\n", "it has [tool.harness] already"),
        ("[tool]\nharness = {}\n", "it has [tool.harness] already"),
        ("tool = {black = {}}\n", "[tool.harness] cannot be added at its end"),
    ],
)
def test_settings_that_stay_as_they_are(tmp_path: Path, text: str, why: str) -> None:
    """Where there are some, or none can be added, the file is left alone and the reason told."""
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")
    entry = _start(tmp_path)["pyproject.toml"]

    assert isinstance(entry, Left)
    assert entry.why == why
    assert (tmp_path / "pyproject.toml").read_text("utf-8") == text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("*.pyc\n", "*.pyc\n/.harness/\n/reports/\n"),
        ("*.pyc", "*.pyc\n/.harness/\n/reports/\n"),
        ("reports\n", "reports\n/.harness/\n"),
        (".harness/\n/reports\n", ".harness/\n/reports\n"),
        ("\ufeff/.harness/\n/reports\n", "\ufeff/.harness/\n/reports\n"),
    ],
)
def test_only_lines_that_are_missing_are_ignored(tmp_path: Path, text: str, after: str) -> None:
    """However they are spelled."""
    (tmp_path / ".gitignore").write_text(text, "utf-8")
    _start(tmp_path)

    assert (tmp_path / ".gitignore").read_text("utf-8") == after


def test_a_link_to_settings_stays_a_link(tmp_path: Path) -> None:
    """What it leads to gets the settings."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/own.toml").write_text("x = 1\n", "utf-8")
    (tmp_path / "pyproject.toml").symlink_to(tmp_path / "shared/own.toml")
    _start(tmp_path)

    assert (tmp_path / "pyproject.toml").is_symlink()
    assert "[tool.harness]" in (tmp_path / "shared/own.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("pyproject.toml", b"[tool\n", "this is not TOML"),
        ("pyproject.toml", b"\xff", "the file cannot be read (it is not UTF-8 text)"),
        (".gitignore", b"\xff", "the file cannot be read (it is not UTF-8 text)"),
    ],
)
def test_nothing_is_written_where_a_file_is_damaged(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    """All is planned before the first file is written."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError) as caught:
        _start(tmp_path)

    assert str(caught.value).startswith(f"{tmp_path / name}: {said}")
    assert list(_snapshot(tmp_path)) == [name]


def test_nothing_is_written_for_an_operation_that_is_not_there(tmp_path: Path) -> None:
    """Not for those before it either."""
    with pytest.raises(UsageError, match="no operation `Nope`"):
        _start(tmp_path, "ListUsers", "Nope")

    assert not _snapshot(tmp_path)


def test_no_directory(tmp_path: Path) -> None:
    """A repository is not made."""
    with pytest.raises(UsageError, match="there is no such directory"):
        plan_start(tmp_path / "nowhere", (), CI.NONE)


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """The message names it and says what to do; nothing half-written is left."""
    (tmp_path / "scenarios").write_text("", "utf-8")
    with pytest.raises(UsageError, match=r"the file cannot be written \(.*run the command again"):
        _start(tmp_path)

    assert list(tmp_path.iterdir()) == [tmp_path / "scenarios"]


def test_a_file_that_came_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """Between the plan and the writing somebody else may have made it."""
    start = plan_start(tmp_path, (), CI.NONE)
    (tmp_path / ".gitignore").write_text("mine", "utf-8")
    with pytest.raises(UsageError, match="the file cannot be written"):
        write_start(start)

    assert (tmp_path / ".gitignore").read_text("utf-8") == "mine"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".gitignore.")]
