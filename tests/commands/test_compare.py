"""``harness compare`` as it is called."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.cli import main
from tests.proof import IAM, answer, error, sent


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a directory of its own, without a token."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASTRO_API_TOKEN", raising=False)


def _run(*arguments: str) -> tuple[int, str, str]:
    output, errors = io.StringIO(), io.StringIO()
    code = main(["compare", *arguments], output, errors)
    return code, output.getvalue(), errors.getvalue()


def _write(name: str, document: object) -> str:
    Path(name).write_text(json.dumps(document), "utf-8")
    return name


def test_text_is_the_default() -> None:
    """Without options people read the output, and the exit code says whether something breaks."""
    old, new = _write("a.json", answer({"a": "x"})), _write("b.json", answer({}))
    code, output, errors = _run(old, new)
    assert (code, errors) == (1, "")
    assert output.startswith("the exchange: mismatch")
    assert _run(old, old)[0] == 0


@pytest.mark.parametrize("format_", ["text", "json", "markdown"])
def test_every_format_has_the_same_exit_code(format_: str) -> None:
    """The format is only a rendering."""
    old, new = _write("a.json", answer({"a": "x"})), _write("b.json", answer({}))
    code, output, _ = _run(old, new, "--format", format_)
    assert code == 1
    assert "property-removed" in output


def test_yaml_documents_are_read() -> None:
    """A document may be YAML, and the operation may be named on the command line."""
    Path("a.yaml").write_text("response: {status: 200, body: {type: WORKSPACE}}\n", "utf-8")
    Path("b.yaml").write_text("response: {status: 200, body: {scope: WORKSPACE}}\n", "utf-8")
    code, output, _ = _run("a.yaml", "b.yaml", "--operation", "GetApiToken", "--format", "json")
    assert code == 1
    first = json.loads(output)["findings"][0]
    assert (first["rule"], first["path"], first["to"]) == ("property-renamed", "$.body.type", "$.body.scope")


def test_the_profile_is_the_option_else_the_projects() -> None:
    """The tolerant profile calls less risky; the project's own severities hold."""
    old, new = _write("a.json", answer(status=200, headers={"x-a": "1"})), _write("b.json", answer())

    def severity(*options: str) -> str:
        return str(json.loads(_run(old, new, "--format", "json", *options)[1])["findings"][0]["severity"])

    assert severity() == "risky"
    assert severity("--profile", "tolerant") == "info"
    Path("pyproject.toml").write_text('[tool.harness]\nprofile = "tolerant"\n', "utf-8")
    assert severity() == "info"
    assert severity("--profile", "strict") == "risky"
    Path("pyproject.toml").write_text('[tool.harness.severity]\nheader-removed = "breaking"\n', "utf-8")
    assert severity() == "breaking"


def test_acceptances_are_read_from_a_file() -> None:
    """What is accepted does not break."""
    Path("accept.yaml").write_text("accept: [{rule: property-removed, reason: agreed}]", "utf-8")
    old, new = _write("a.json", answer({"a": "x"})), _write("b.json", answer({}))
    code, output, _ = _run(old, new, "--accept", "accept.yaml")
    assert code == 0
    assert output.startswith("the exchange: accepted")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--profile", "loose"], "there is no profile `loose`"),
        (["--operation", "ListUser"], "--operation: there is no operation `ListUser`"),
        (["--accept", "none.yaml"], "none.yaml: the file cannot be read"),
        (["--format", "html"], "invalid choice: 'html'"),
    ],
)
def test_a_wrong_option_is_trouble(options: list[str], said: str) -> None:
    """The exit code is 2, the message names the option, and nothing is printed as a result."""
    code, output, errors = _run(_write("a.json", answer()), _write("b.json", answer()), *options)
    assert (code, output) == (2, "")
    assert said in errors


def test_a_missing_file_is_trouble() -> None:
    """Both missing files are told, without a traceback."""
    code, output, errors = _run("a.json", "b.json")
    assert (code, output) == (2, "")
    assert "a.json: the file cannot be read" in errors
    assert "b.json: the file cannot be read" in errors


def test_no_answer_is_trouble() -> None:
    """Where neither side answered there is a result, and it is an error."""
    failed = _write("a.json", {"failure": {"kind": "connect", "message": "refused"}})
    code, output, _ = _run(failed, failed)
    assert code == 2
    assert output.startswith("the exchange: error: no answer from either side: refused")


def test_an_unsupported_operation_breaks() -> None:
    """v1 does not have the operation: exit code 1."""
    old = _write("a.json", answer({}, request=sent("GET", "platform/v1beta1", "/alerts")))
    code, output, _ = _run(old, _write("b.json", error(404)))
    assert code == 1
    assert output.startswith("ListAlerts: unsupported: v1 does not have the operation")


def test_the_token_of_the_environment_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that is known to be a secret is taken out wherever it stands."""
    monkeypatch.setenv("ASTRO_API_TOKEN", "plain-looking-words")
    request = sent("GET", IAM, "/users", headers={"X-Custom": "plain-looking-words"})
    old = _write("a.json", answer({"note": "plain-looking-words"}, request=request))
    new = _write("b.json", answer({"note": 5, "token": "abcdefgh12345678"}))
    for format_ in ("text", "json", "markdown"):
        output = _run(old, new, "--format", format_)[1]
        assert "ASTRO_API_TOKEN" in output
        assert "plain-looking-words" not in output
        assert "abcdefgh12345678" not in output


_SCALARS = st.none() | st.booleans() | st.integers(-5, 700) | st.floats() | st.text(max_size=8)
_ANY = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_HEADERS = _ANY | st.dictionaries(
    st.sampled_from(["content-type", "content-encoding", "x"]), _ANY, max_size=2
)
_BODY = {"body": _ANY, "text": st.text(max_size=20) | _ANY, "base64": st.text("AQ/=+", max_size=8) | _ANY}
_METHODS = st.sampled_from(["GET", "post", ""]) | _ANY
_URLS = st.sampled_from(["/v1/organizations/o/users", "http://[", "https://h/v1/x?a=%zz#f", "x"]) | _ANY
_DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "request": _ANY
        | st.fixed_dictionaries(
            {}, optional={"method": _METHODS, "url": _URLS, "headers": _HEADERS, **_BODY}
        ),
        "response": _ANY
        | st.fixed_dictionaries(
            {"status": st.sampled_from([200, 204, 302, 404, 429]) | _ANY},
            optional={"headers": _HEADERS, **_BODY},
        ),
        "failure": _ANY | st.fixed_dictionaries({"kind": st.sampled_from(["timeout", "x"])}),
        "operation": st.sampled_from(["ListUsers", "CreateAlert", "x"]) | _ANY,
        "log": st.fixed_dictionaries({"entries": st.lists(_ANY, max_size=2)}),
        "interactions": _ANY,
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=_DOCUMENTS | _ANY, new=_DOCUMENTS, format_=st.sampled_from(["text", "json", "markdown"]))
def test_whatever_the_files_hold_there_is_an_answer(old: object, new: object, format_: str) -> None:
    """Every pair of files gives a result or messages, never an exception; JSON is always JSON."""
    code, output, errors = _run(_write("a.json", old), _write("b.json", new), "--format", format_)
    assert code in (0, 1, 2)
    assert bool(output) is not bool(errors)
    if output and format_ == "json":
        assert json.loads(output)["verdict"]
