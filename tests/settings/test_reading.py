"""Reading the settings, and their mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.contract import BASE_URLS
from harness.errors import UsageError
from harness.result import Policy, Source
from harness.rules import Profile, Severity
from harness.settings import (
    DOCUMENTS,
    PRODUCTION,
    SANDBOX,
    Environment,
    Retries,
    SecretRules,
    Settings,
    load_settings,
)
from tests.settings.given import mistakes, settings

STAGING = """
[tool.harness.environments.staging]
iam = "https://astro.example.com/iam/v1beta1/"
platform = "https://astro.example.com/platform/v1beta1"
v1 = "https://astro.example.com/v1"
"""


@pytest.mark.parametrize("text", [None, "", "[project]\nname = 'x'\n", "[tool.other]\n", "[tool.harness]\n"])
def test_a_project_needs_no_settings(tmp_path: Path, text: str | None) -> None:
    """Without a table, or a file, there are directories by their names and two environments."""
    read = load_settings(tmp_path) if text is None else settings(tmp_path, text)

    root = tmp_path.resolve()
    assert read == Settings(
        root=root,
        scenarios=(root / "scenarios",),
        cassettes=root / "cassettes",
        reports=root / "reports",
        state=root / ".harness",
    )
    assert read.environment_named() == PRODUCTION
    assert dict(read.environments) == {"production": PRODUCTION, "sandbox": SANDBOX}


def test_everything_can_be_set(tmp_path: Path) -> None:
    """Every setting arrives with its type, paths relative to the project."""
    read = settings(
        tmp_path,
        """
        [tool.harness]
        scenarios = ["qa/scenarios", "more"]
        cassettes = "qa/cassettes"
        reports = "build/reports"
        environment = "staging"
        profile = "tolerant"
        timeout = 5

        [tool.harness.severity]
        property-added = "risky"

        [tool.harness.environments.staging]
        iam = "https://astro.example.com/iam"
        platform = "https://astro.example.com/platform"
        v1 = "https://astro.example.com/v1"
        token = "STAGING_TOKEN"
        organization = "STAGING_ORGANIZATION"
        production = true
        headers = { X-Team = "data" }
        """,
    )

    root = tmp_path.resolve()
    assert read.scenarios == (root / "qa/scenarios", root / "more")
    assert (read.cassettes, read.reports) == (root / "qa/cassettes", root / "build/reports")
    assert (read.profile, read.timeout, read.severity) == (
        Profile.TOLERANT,
        5.0,
        {"property-added": Severity.RISKY},
    )
    assert read.environment_named() == Environment(
        name="staging",
        base_urls={
            "iam": "https://astro.example.com/iam",
            "platform": "https://astro.example.com/platform",
            "v1": "https://astro.example.com/v1",
        },
        production=True,
        headers={"X-Team": "data"},
        token="STAGING_TOKEN",
        organization="STAGING_ORGANIZATION",
    )


def test_an_environment_needs_only_its_base_urls(tmp_path: Path) -> None:
    """A new environment takes everything else from the defaults; a trailing slash is no part of the URL."""
    staging = settings(tmp_path, STAGING).environment_named("staging")

    assert staging.base_urls["iam"] == "https://astro.example.com/iam/v1beta1"
    assert (staging.token, staging.organization) == (PRODUCTION.token, PRODUCTION.organization)
    assert not staging.production
    assert not staging.sandbox


def test_a_default_environment_can_be_changed_in_part(tmp_path: Path) -> None:
    """What a project says of production or the sandbox is added to what they are by default."""
    read = settings(
        tmp_path,
        '[tool.harness.environments.production]\ntoken = "OTHER"\n'
        '[tool.harness.environments.sandbox]\nv1 = "http://127.0.0.1:9000/v1"\n',
    )

    assert read.environment_named("production").base_urls == BASE_URLS
    assert read.environment_named("production").token == "OTHER"
    assert read.environment_named("sandbox").base_urls["v1"] == "http://127.0.0.1:9000/v1"
    assert read.environment_named("sandbox").base_urls["iam"] == SANDBOX.base_urls["iam"]


def test_another_sandbox_has_the_sandboxes_token(tmp_path: Path) -> None:
    """An environment that says it is a sandbox does not take the token of the vendor's service."""
    own = settings(tmp_path, STAGING + "sandbox = true\n").environment_named("staging")

    assert own.sandbox
    assert (own.token, own.organization) == (SANDBOX.token, SANDBOX.organization)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Every mistake of the table is listed with its dotted key and what to write."""
    found = mistakes(
        tmp_path,
        """
        [tool.harness]
        scenarioss = "x"
        scenarios = "scenarios"
        cassettes = 3
        reports = ""
        environment = "stagin"
        profile = "strikt"
        timeout = -1

        [tool.harness.severity]
        property-add = "risky"
        property-added = "fatal"

        [tool.harness.environments.staging]
        iam = "https://a.example.com/iam"
        platfrom = "x"
        production = "yes"
        """,
    )

    assert found == [
        "pyproject.toml: `tool.harness.environments.staging.production` must be true or false, not text",
        (
            "pyproject.toml: `tool.harness.environments.staging` needs the base URLs platform, v1."
            ' Write for example `platform = "https://api.astronomer.io/platform/v1beta1"`.'
        ),
        "pyproject.toml: `tool.harness.environments.staging.platfrom` is not a setting. Write `platform`.",
        (
            "pyproject.toml: `tool.harness.scenarios` must be a list of text, not text."
            ' Write for example `scenarios = ["scenarios"]`.'
        ),
        (
            "pyproject.toml: `tool.harness.cassettes` must be text, not 3."
            ' Write for example `cassettes = "cassettes"`.'
        ),
        (
            "pyproject.toml: `tool.harness.reports` must be text, not empty text."
            ' Write for example `reports = "reports"`.'
        ),
        "pyproject.toml: `tool.harness.profile` cannot be `strikt`. Write `strict`.",
        (
            "pyproject.toml: `tool.harness.severity.property-added` cannot be `fatal`."
            " Use one of breaking, info, risky."
        ),
        "pyproject.toml: `tool.harness.severity.property-add` is not a setting. Write `property-added`.",
        (
            "pyproject.toml: `tool.harness.timeout` must be a number of seconds greater than 0, not -1."
            " Write for example `timeout = 30.0`."
        ),
        "pyproject.toml: `tool.harness.scenarioss` is not a setting. Write `scenarios`.",
        "pyproject.toml: `tool.harness.environment`: there is no environment `stagin`. Write `staging`.",
    ]


@pytest.mark.parametrize("key", ["cassettes", "reports"])
@pytest.mark.parametrize("place", ["tests/scenarios", "tests", "."])
def test_scenarios_are_not_inside_of_what_is_written(tmp_path: Path, key: str, place: str) -> None:
    """None of them would be collected, and nobody would be told."""
    text = f"[tool.harness]\nscenarios = ['tests/scenarios']\n{key} = '{place}'\n"

    assert mistakes(tmp_path, text) == [
        (
            f"pyproject.toml: `tool.harness.{key}`: `scenarios` is inside, and no scenario of it would run. "
            f'Write a directory beside it, for example `{key} = "{key}"`.'
        )
    ]


def test_scenarios_and_what_is_written_are_compared_without_links(tmp_path: Path) -> None:
    """As pytest's collection does: another way to the same place, and a link, are no other directories."""
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to("out")

    assert settings(tmp_path, "[tool.harness]\nscenarios = ['reports/../scenarios']\n").scenarios
    assert len(mistakes(tmp_path, "[tool.harness]\nscenarios = ['link']\nreports = 'out'\n")) == 1


def test_the_keys_of_an_environment_are_named_once(tmp_path: Path) -> None:
    """A key that is like none of them is answered with all of them."""
    (line,) = mistakes(tmp_path, "[tool.harness.environments.sandbox]\nqqq = 1\n")

    assert line.endswith(
        "Use one of headers, iam, insecure, labs, limits, organization, platform, production, sandbox, token,"
        " v1."
    )


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("astro.example.com/v1", "is no http or https URL"),
        ("ftp://astro.example.com/v1", "is no http or https URL"),
        ("https://", "is no http or https URL"),
        ("https://astro.example.com:port/v1", "is no http or https URL"),
        ("https://astro example.com/v1", "is no http or https URL"),
        ("https://[::1/v1", "is no http or https URL"),
        ("https://me:secret@astro.example.com/v1", "holds a user or a password"),
        ("https://astro.example.com/v1?x=1", "holds a query or a fragment"),
        ("https://astro.example.com/v1#x", "holds a query or a fragment"),
        ("http://astro.example.com/v1", "is plain http, so the token would travel unencrypted"),
        ("http://localhost.example.com/v1", "is plain http, so the token would travel unencrypted"),
    ],
)
def test_base_urls_that_cannot_be_used_are_refused(tmp_path: Path, url: str, what: str) -> None:
    """A base URL is http or https without credentials, query and fragment, and https beyond this machine."""
    (message,) = mistakes(tmp_path, STAGING.replace("https://astro.example.com/v1", url))

    assert message.startswith(f"pyproject.toml: `tool.harness.environments.staging.v1` {what}")
    assert "secret" not in message


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "astro.localhost"])
def test_plain_http_is_fine_on_this_machine(tmp_path: Path, host: str) -> None:
    """Nobody can listen between a program and its own machine."""
    text = STAGING.replace("https://astro.example.com/v1", f"http://{host}:8000/v1")

    assert settings(tmp_path, text).environment_named("staging").base_urls["v1"] == f"http://{host}:8000/v1"


def test_plain_http_elsewhere_must_be_wanted(tmp_path: Path) -> None:
    """A test system without TLS can be used by saying so."""
    text = STAGING.replace("https://", "http://") + "insecure = true\n"

    assert (
        settings(tmp_path, text).environment_named("staging").base_urls["v1"] == "http://astro.example.com/v1"
    )


def test_the_vendors_service_is_no_sandbox(tmp_path: Path) -> None:
    """Writes need no permission in a sandbox, so the vendor's service cannot be called one."""
    text = STAGING.replace("astro.example.com", "api.astronomer.io") + "sandbox = true\n"

    found = mistakes(tmp_path, text)

    assert len(found) == 3
    assert all("is the vendor's service and no sandbox" in message for message in found)


def test_production_is_no_sandbox(tmp_path: Path) -> None:
    """An environment is one of the two, or neither."""
    (message,) = mistakes(tmp_path, STAGING + "sandbox = true\nproduction = true\n")

    assert "`tool.harness.environments.staging` is both production and sandbox" in message


def test_secrets_have_no_place_in_the_file(tmp_path: Path) -> None:
    """A token where a name belongs, or in a header, is refused without being shown."""
    found = mistakes(
        tmp_path,
        STAGING + 'token = "eyJh.secret.x"\nheaders = { authorization = "Bearer secret", "a b" = "c" }\n',
    )

    assert [message.partition(". ")[0] for message in found] == [
        (
            "pyproject.toml: `tool.harness.environments.staging.headers.authorization` would hold a secret,"
            " and this file is no place for one"
        ),
        "pyproject.toml: `a b` in `tool.harness.environments.staging.headers` is no name of a header",
        (
            "pyproject.toml: `tool.harness.environments.staging.token`"
            " is not the name of an environment variable"
        ),
    ]
    assert "secret.x" not in str(found)


def test_a_project_adds_to_what_is_a_secret(tmp_path: Path) -> None:
    """Names and patterns of its own; without the table there are none."""
    text = '[tool.harness.secrets]\nnames = ["x-corp-key"]\npatterns = ["corp-[0-9]{8}"]\n'

    assert settings(tmp_path, text).secrets == SecretRules(names=("x-corp-key",), patterns=("corp-[0-9]{8}",))


def test_rules_of_secrets_that_cannot_work_are_refused(tmp_path: Path) -> None:
    """A pattern of nothing would hide everything, and a wrong one nothing."""
    text = '[tool.harness.secrets]\nnames = ["--"]\npatterns = ["a*", "(", "ok"]\nallow = ["x"]\n'

    assert mistakes(tmp_path, text) == [
        "pyproject.toml: `tool.harness.secrets.allow` is not a setting. Use one of names, patterns.",
        "pyproject.toml: `tool.harness.secrets.names` holds `--`, which is no name. Remove it.",
        (
            "pyproject.toml: `tool.harness.secrets.patterns` holds `a*`, which matches empty text. "
            "Write what at least one character of a secret looks like."
        ),
        (
            "pyproject.toml: `tool.harness.secrets.patterns` holds `(`, which is no regular expression. "
            "Correct it: missing ), unterminated subpattern at position 0."
        ),
    ]


def test_directories_inside_each_other_are_refused(tmp_path: Path) -> None:
    """A scenario belongs to one directory, so that its id is certain."""
    (message,) = mistakes(tmp_path, '[tool.harness]\nscenarios = ["a", "a/b"]\n')

    assert "`tool.harness.scenarios`: `b` is inside `a`" in message


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are a message and no traceback."""
    (tmp_path / "pyproject.toml").write_bytes(b"x = '\xff'\n")

    with pytest.raises(UsageError, match="the text is not UTF-8"):
        load_settings(tmp_path)


def test_contracts_of_the_project(tmp_path: Path) -> None:
    """A directory of contracts is taken below the project, and must be there."""
    (tmp_path / "facts").mkdir()

    assert settings(tmp_path, "[tool.harness]\n").contracts is None
    assert (
        settings(tmp_path, '[tool.harness]\ncontracts = "facts"\n').contracts == tmp_path.resolve() / "facts"
    )
    (message,) = mistakes(tmp_path, '[tool.harness]\ncontracts = "fact"\n')
    assert message.startswith("pyproject.toml: `tool.harness.contracts`: there is no directory `fact`. ")


def test_the_policy_of_the_gate(tmp_path: Path) -> None:
    """Every key of it arrives; without any it is the one that reports judge by."""
    text = """
        [tool.harness.gate]
        operations = ["ListApiTokens", "GetSelfUser"]
        max-breaking = 0
        evidence = "live"
        max-age = 30
        unsupported = true
        """

    assert settings(tmp_path, text).gate == Policy(
        operations=("ListApiTokens", "GetSelfUser"),
        max_breaking=0,
        evidence=Source.LIVE,
        max_age=30,
        unsupported=True,
    )
    assert settings(tmp_path, "[tool.harness.gate]\noperations = []\n").gate == Policy()
    assert settings(tmp_path, "").gate == Policy()


def test_a_rule_that_is_like_none_is_told_with_where_they_are_listed(tmp_path: Path) -> None:
    """There are too many to name."""
    (told,) = mistakes(tmp_path, '[tool.harness.severity]\nqqq = "info"\n')

    assert told.endswith("`tool.harness.severity.qqq` is not a setting. `harness rules` lists all rules.")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("max-breaking = -1", "`tool.harness.gate.max-breaking` must be a whole number, 0 or more, not -1"),
        ("max-breaking = true", "must be a whole number, 0 or more, not true or false"),
        ("max-age = 1.5", "`tool.harness.gate.max-age` must be a whole number, 0 or more, not 1.5"),
        ('max-age = "30 days"', "must be a whole number, 0 or more, not text"),
        ('evidence = "casette"', "`tool.harness.gate.evidence` cannot be `casette`. Write `cassette`."),
        ('operations = "ListUsers"', "`tool.harness.gate.operations` must be a list of text, not text"),
        (
            'operations = ["ListUser"]',
            "`tool.harness.gate.operations`: there is no operation `ListUser`. Write `ListUsers`.",
        ),
        ('operations = ["Nope"]', "there is no operation `Nope`. `harness coverage` lists all operations."),
        ("max-ages = 3", "`tool.harness.gate.max-ages` is not a setting. Write `max-age`."),
    ],
)
def test_mistakes_in_the_policy_are_told(tmp_path: Path, line: str, message: str) -> None:
    """With the key, and the nearest word."""
    (told,) = mistakes(tmp_path, f"[tool.harness.gate]\n{line}\n")

    assert message in told


def test_where_documents_are_published(tmp_path: Path) -> None:
    """One of them may be elsewhere; plain http will do, as no token is sent there."""
    read = settings(tmp_path, "[tool.harness.documents]\nv1 = 'http://mirror.example.com/v1.yaml'\n")

    assert read.documents == {**DOCUMENTS, "v1": "http://mirror.example.com/v1.yaml"}


@pytest.mark.parametrize("url", ["file:///etc/passwd", "https://me:pw@example.com/x", "https://a b", "v1"])
def test_documents_that_are_none(tmp_path: Path, url: str) -> None:
    """Another kind of URL, one with a password, or none; the password is not shown."""
    (line,) = mistakes(tmp_path, f"[tool.harness.documents]\nv1 = '{url}'\n")

    assert line == (
        "pyproject.toml: `tool.harness.documents.v1` is no http or https URL. "
        'Write for example `v1 = "https://api.astronomer.io/spec/v1"`.'
    )


def test_documents_of_an_api_that_there_is_not(tmp_path: Path) -> None:
    """It is a mistake as every key that is no setting."""
    (line,) = mistakes(tmp_path, "[tool.harness.documents]\nlabs = 'https://example.com/labs'\n")

    assert line.startswith("pyproject.toml: `tool.harness.documents.labs` is not a setting.")


def test_limits_of_environments(tmp_path: Path) -> None:
    """Everything but the sandbox has the vendor's limits; an environment can have others, by method."""
    read = settings(
        tmp_path,
        "[tool.harness.environments.production.limits]\nget = 12.5\n"
        "[tool.harness.environments.sandbox.limits]\ndelete = 1\n",
    )
    environments = load_settings(tmp_path / "elsewhere").environments

    assert environments["production"].limits == {"GET": 25, "POST": 10, "DELETE": 5}
    assert environments["sandbox"].limits == {}
    assert read.environments["production"].limits == {"GET": 12.5, "POST": 10, "DELETE": 5}
    assert read.environments["sandbox"].limits == {"DELETE": 1}


def test_retries(tmp_path: Path) -> None:
    """How often and how long calls are made again can be set, each by itself."""
    read = settings(tmp_path, "[tool.harness.retries]\nattempts = 1\n")

    assert read.retries == Retries(attempts=1, seconds=60.0)
    assert settings(tmp_path, "[tool.harness.retries]\nseconds = 5\n").retries == Retries(seconds=5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("retries]\nattempts = 0", "`tool.harness.retries.attempts` must be 1 or more. Write 1"),
        ("retries]\nattempts = true", "`tool.harness.retries.attempts` must be a whole number, 0 or more"),
        ("retries]\nseconds = -1", "`tool.harness.retries.seconds` must be a number of seconds"),
        ("retries]\ntimes = 3", "`tool.harness.retries.times` is not a setting"),
        ("environments.sandbox.limits]\nget = 0", "`tool.harness.environments.sandbox.limits.get` must be a"),
        ("environments.sandbox.limits]\nGET = 1", "`tool.harness.environments.sandbox.limits.GET` is not a"),
        ("environments.sandbox]\nlimits = 5", "`tool.harness.environments.sandbox.limits` must be a table"),
    ],
)
def test_mistakes_in_limits_and_retries_are_told(tmp_path: Path, text: str, message: str) -> None:
    """A limit that no call could keep, and a key that is none, are refused where they stand."""
    (told,) = mistakes(tmp_path, f"[tool.harness.{text}\n")

    assert told.startswith(f"pyproject.toml: {message}")


@pytest.mark.parametrize(("text", "calls"), [("", 3), ("noise-calls = 0", 0), ("noise-calls = 5", 5)])
def test_how_often_noise_is_asked_for(tmp_path: Path, text: str, calls: int) -> None:
    """Three times unless told otherwise; 0 asks never."""
    assert settings(tmp_path, f"[tool.harness]\n{text}\n").noise_calls == calls


def test_a_wrong_number_of_noise_calls_is_told(tmp_path: Path) -> None:
    """It is a whole number, 0 or more."""
    with pytest.raises(UsageError, match="noise-calls` must be a whole number, 0 or more"):
        settings(tmp_path, "[tool.harness]\nnoise-calls = -1\n")
