"""Where a file says v1beta1 by itself."""

from __future__ import annotations

from time import perf_counter

import pytest

from harness.scan.versions import APART, Versions, versions_of


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ('VERSION = "v1beta1"', {"VERSION"}),
        ("const version: string = '/v1beta1/'", {"version"}),
        ('V = os.getenv("V", "v1beta1")', {"V"}),
        ('    private static final String API_V = "v1beta1";', {"API_V"}),
        ("export V=v1beta1", {"V"}),
        ("api_version: v1beta1", {"api_version"}),
        ('{"version": "v1beta1", "api": "platform"}', {"version"}),
        ('build("v1beta1")', set()),
    ],
)
def test_a_name_that_is_given_the_version_stands_for_it(line: str, names: set[str]) -> None:
    """In every language."""
    versions = versions_of(["x = 1", line])

    assert versions.names == names
    assert [number for number, _ in versions.places] == [1]


@pytest.mark.parametrize(
    "line",
    [
        "https://h.example/iam/v1beta1",
        "apiVersion: apps/v1beta1",
        "pip install x==v1beta1",
        "Now: v1beta1 and others",
        "a::v1beta1",
        "`v1beta1`",
    ],
)
def test_a_part_of_something_is_no_version(line: str) -> None:
    """URLs, groups and sentences are none."""
    assert versions_of([line]) == Versions()


@pytest.mark.parametrize(
    ("line", "apis"),
    [
        ('"platform"', True),
        ("f'{x}/iam/{v}'", True),
        ("service: iam", True),
        ("import platform", False),
        ('"platform.example"', False),
        ("siam/platforms", False),
    ],
)
def test_an_api_is_a_string_or_a_part_of_a_url(line: str, apis: bool) -> None:  # noqa: FBT001 - a case
    """Not any word."""
    assert versions_of(['"v1beta1"', line]).apis is apis


def test_neighbours_become_a_url() -> None:
    """What is joined may have the version's name, or what it is reached by."""
    versions = versions_of(['VERSION = "v1beta1"'])

    assert versions.joined('[host, "iam", "v1beta1"]') == f'[host, "/iam/{APART}"]'
    assert versions.joined("(host, 'platform', self.VERSION, x)") == f'(host, "/platform/{APART}", x)'
    assert versions.joined('("iam", other)') == '("iam", other)'
    assert versions.are_in("{self.VERSION}")
    assert not versions.are_in("{VERSION_2}")


def test_a_generated_line_takes_no_minutes() -> None:
    """Names and versions without end."""
    began = perf_counter()
    versions_of(["a" * 50_000 + '"v1beta1",' * 2_000] * 3)

    assert perf_counter() - began < 2
