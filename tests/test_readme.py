"""The README is for a newcomer, so what it says is run here."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from harness.cli import main
from harness.document import read_document
from harness.errors import HarnessError
from harness.intake import read_recording
from harness.plugin.command_line import OPTIONS
from harness.result import Policy, Readiness, Verdict
from harness.sandbox import running
from harness.scenario import SCHEMA_FILE, read_scenario
from harness.settings import Environment, Settings, load_settings
from harness.struct import field_names
from tests.documentation import README, ROOT, blocks, commands, keys_table

LANGUAGES = ("python", "sh", "text")
HERE = (
    f"python() {{ '{sys.executable}' \"$@\"; }}",
    "harness() { python -c 'from harness.cli import console; console()' \"$@\"; }",
    'pytest() { python -m pytest -p harness.plugin -p no:cacheprovider "$@"; }',
)
"""What stands for the programs of a virtual environment."""

CASSETTES = {"baseline.yaml", "candidate.yaml"}
SCENARIOS = [text for text in blocks("yaml") if "scenario:" in text]


@pytest.mark.parametrize("text", SCENARIOS, ids=range(len(SCENARIOS)))
def test_its_scenarios_have_no_mistakes(text: str, tmp_path: Path) -> None:
    """Each scenario of the README reads, and its title is the one shown."""
    path = tmp_path / "scenarios" / "example.yaml"
    path.parent.mkdir()
    path.write_text(text, "utf-8")

    scenario = read_scenario(path, root=path.parent)

    assert scenario.title == yaml.safe_load(text)["scenario"]


@pytest.mark.parametrize("text", SCENARIOS, ids=range(len(SCENARIOS)))
def test_its_scenarios_please_editors(text: str) -> None:
    """The published JSON Schema, which editors use, has nothing against a scenario of the README."""
    schema = json.loads((ROOT / "harness" / SCHEMA_FILE).read_text("utf-8"))
    # The loader of the harness: a date is text for JSON.
    Draft202012Validator(schema).validate(read_document(text, "README.md").data)


def test_its_line_of_an_access_log_is_understood(tmp_path: Path) -> None:
    """The README's example of a line says all that a line can say."""
    block = next(block for block in blocks("json") if '"request_headers"' in block)
    path = tmp_path / "access.jsonl"
    path.write_text(block.replace("\n", ""), "utf-8")

    recording = read_recording(path, ())

    (sample,) = recording.samples
    assert (recording.unread, sample.cut, sample.exchange.elapsed) == ((), "", 0.12)


def test_every_exit_code_is_documented() -> None:
    """Those of pytest and of every command stand in one table: clean, differences, trouble."""
    table = README[README.index("| command | clean | differences | trouble |") : README.index("### Settings")]
    rows = [line.strip("|").split(" | ") for line in table.splitlines()[2:] if line.startswith("|")]
    meant = {name: row[1:] for row in rows for name in re.findall(r"`([^`]+)`", row[0])}
    out = io.StringIO()
    main(["--help"], out, out)
    names = re.findall(r"^    ([\w-]+)(?: |$)", out.getvalue(), re.MULTILINE)

    assert set(meant) == {"pytest", *(f"harness {name}" for name in names)}
    for name, (clean, _, trouble) in meant.items():
        assert clean.strip().startswith("0"), name
        assert trouble.strip().startswith(str(HarnessError.exit_code)), name
    for code in pytest.ExitCode:
        assert re.search(rf"\b{int(code)}: ", " ".join(meant["pytest"])), code


def test_there_are_scenarios_to_read() -> None:
    """The test above is about something."""
    assert len(SCENARIOS) >= 3


@pytest.mark.parametrize("text", blocks("toml"), ids=range(len(blocks("toml"))))
def test_its_settings_have_no_mistakes(text: str, tmp_path: Path) -> None:
    """Each block of settings loads as the pyproject.toml of a project."""
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")
    (tmp_path / "contracts").mkdir()

    settings = load_settings(tmp_path)

    assert settings.environment in {
        "production",
        *tomllib.loads(text)["tool"]["harness"].get("environments", {}),
    }


def test_the_test_command_is_the_one_of_ci() -> None:
    """CI runs exactly the command that the README gives for the project's tests."""
    test_command = next(line for line in commands() if "[dev]" in line)

    assert test_command in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    "line",
    [line for line in commands() if "/harness " in line],
    ids=lambda line: line.partition("/harness ")[2],
)
def test_its_harness_commands_are_known(line: str) -> None:
    """The command line takes every ``harness`` command of the README; what it says is for people."""
    words = shlex.split(line)[1:]
    # What follows is another's command, and would be run.
    words = words[: words.index("--")] if "--" in words else words
    parsed = io.StringIO()

    code = main([*words, "--help"], parsed, parsed)

    assert code == 0


@pytest.mark.parametrize("line", [line for line in commands() if "/pytest " in line and "pip" not in line])
def test_its_pytest_options_are_known(line: str, pytestconfig: pytest.Config) -> None:
    """The plugin gives pytest every option of the README's commands."""
    for word in shlex.split(line):
        if word.startswith("--"):
            pytestconfig.getoption(word)  # raises ValueError where there is no such option

    assert "scenarios/" in line


def test_where_a_url_lands_is_as_shown() -> None:
    """The README's example is of a call that v1 does not support, and the exit code says so."""
    line = next(line for line in commands() if "contract where" in line)
    out = io.StringIO()

    code = main(shlex.split(line)[1:], out, out)

    assert code == 1
    assert "v1 does not support ListAlerts" in out.getvalue()


def test_the_keys_of_a_scenario_are_all_there() -> None:
    """The reference of keys is the model's own, word for word."""
    assert keys_table() in README


@pytest.mark.parametrize(
    "word", [*Verdict, *Readiness, "report.html", "report.md", "run.json", "events.jsonl"]
)
def test_it_names_what_users_meet(word: str) -> None:
    """Every verdict, readiness and file of a report is explained."""
    assert word in README


def test_every_option_of_the_plugin_is_documented() -> None:
    """Each option of the plugin stands in the table of options."""
    shown = set(re.findall(r"`(--[a-z-]+)", README))

    assert len(OPTIONS) == 12
    assert {f"--{name}" for name in OPTIONS} <= shown


def test_every_command_is_documented() -> None:
    """Each subcommand of ``harness`` occurs in the README."""
    out = io.StringIO()
    main(["--help"], out, out)

    found = re.findall(r"^    ([\w-]+)(?: |$)", out.getvalue(), re.MULTILINE)

    assert "contract" in found
    for command in found:
        assert re.search(rf"harness {command}\b", README), command


def test_every_setting_is_documented() -> None:
    """Each field of the settings and of an environment stands in the table of settings."""
    of_environments = {"name", "base_urls"}
    fields = [
        name.replace("_", "-") for name in field_names(Settings) if name not in {"root", "environments"}
    ]
    fields += [name for name in field_names(Environment) if name not in of_environments]
    fields += [f"gate.{name.replace('_', '-')}" for name in field_names(Policy)]

    for field in fields:
        assert re.search(rf"`[^`]*\b{field}\b[^`]*`", README), field


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["tests/test_errors.py"], 4, "ERROR: the project's own tests need `pip install -e '.[dev]'`"),
        (["--help"], 0, ""),
    ],
)
def test_the_first_command_installs_no_more_than_scenarios_need(
    arguments: list[str], code: int, said: str
) -> None:
    """The project's own tests need more, and say so in one line; pytest's help needs nothing."""
    begun = "import sys; sys.modules['hypothesis'] = None; import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", begun, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr.strip()) == (code, said)


def test_the_shown_summary_is_what_a_newcomer_sees(tmp_path: Path) -> None:
    """The README shows what replaying the shipped scenarios prints in a fresh clone."""
    names = ("scenarios", "cassettes", "pyproject.toml", "conftest.py")
    # What is the project's: a newcomer may have recorded something since.
    told = subprocess.run(  # noqa: S603 - ours
        ["git", "-C", str(ROOT), "ls-files", *names],  # noqa: S607 - git is where it is
        capture_output=True,
        text=True,
        check=True,
    )
    for name in told.stdout.splitlines():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "scenarios/", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    printed = done.stdout.splitlines()
    first = next(index for index, line in enumerate(printed) if line.startswith("No earlier run "))
    last = next(index for index, line in enumerate(printed) if line.startswith("Report: "))
    assert done.returncode == 0, done.stdout
    assert "\n".join(printed[first : last + 1]) == blocks("text")[0].strip()


def test_the_shown_finding_is_what_a_failing_scenario_prints(tmp_path: Path) -> None:
    """The finding that the README explains stands in the output, to the letter."""
    done = subprocess.run(  # noqa: S603 - our own command
        [
            *(sys.executable, "-m", "pytest", "scenarios/tokens/list.yaml", "--without-acceptances", "-q"),
            *("-p", "no:cacheprovider", "--no-history", "--report-dir", str(tmp_path)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    (shown,) = (block for block in blocks("text") if "To accept it" in block)
    assert shown.rstrip() in done.stdout


def test_the_recording_of_an_integration_works_as_written(tmp_path: Path) -> None:
    """A newcomer saves the script, runs the commands against the sandbox, and reads what is shown."""
    section = README.partition("### Record your own integration\n")[2].partition("\n### ")[0]
    parts = {
        name: re.findall(rf"^```{name}\n(.*?)^```$", section, re.MULTILINE | re.DOTALL) for name in LANGUAGES
    }
    (script,), (shown,) = parts["python"], parts["text"]
    (tmp_path / "recreate_tokens.py").write_text(script, "utf-8")
    with running() as url:
        apis = {"iam": "/iam/v1beta1", "platform": "/platform/v1beta1", "v1": "/v1"}
        settings = [f'{api} = "{url}{path}"' for api, path in apis.items()]
        settings = ["[tool.harness.environments.sandbox]", *settings, "sandbox = true"]
        (tmp_path / "pyproject.toml").write_text("\n".join(settings), "utf-8")
        lines = [line for block in parts["sh"] for line in block.splitlines() if "/pip " not in line]
        done = subprocess.run(
            ["/bin/sh"],
            input="\n".join([*HERE, *(_here(line, url) for line in lines)]),
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    assert shown in done.stdout, done.stdout + done.stderr
    assert "Scenarios: 2 of 2 planned scenarios finished: 2 mismatch\n" in done.stdout
    assert "property-renamed at $.body.type -> $.body.scope" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "sandbox-token" not in done.stdout + done.stderr
    assert {path.name for path in (tmp_path / "cassettes" / "my-tokens").rglob("*.yaml")} == CASSETTES


def _here(line: str, url: str) -> str:
    """Let a command of the README run in the environment of the tests, and call that sandbox."""
    programs = {".venv/bin/python": f"'{sys.executable}'", ".venv/bin/": ""}
    line = re.sub(r"\.venv/bin/(?:python)?", lambda found: programs[found[0]], line)
    return line.replace("http://127.0.0.1:8765", url)
