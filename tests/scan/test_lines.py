"""Lines of notebooks, and lines that a tool wrote."""

from __future__ import annotations

import json

import pytest

from harness.scan.files import Source
from harness.scan.lines import Lines, lines_of, settings_of


def test_a_notebook_has_the_lines_of_its_cells() -> None:
    """Source is read unescaped at its place in the file; what a cell printed is not."""
    cells = [
        {"cell_type": "code", "outputs": ["get(1)\n"], "source": ['get("a")\n', "get(1)"]},
        {"cell_type": "markdown", "source": "# caf\u00e9"},
    ]
    text = json.dumps({"cells": cells}, indent=1, ensure_ascii=False)
    lines = lines_of(Source(path="a.ipynb", text=text))

    assert lines.texts == ['get("a")', "get(1)", "# caf\u00e9"]
    assert text.split("\n")[lines.numbers[0] - 1].strip() == '"get(\\"a\\")\\n",'
    assert text.split("\n")[lines.numbers[2] - 1].strip() == '"source": "# caf\u00e9"'


def test_a_damaged_notebook_is_read_as_text() -> None:
    """A half-written file may call v1beta1 as well."""
    for text in ("{\nv1beta1", "[]\n", '{"cells": 3}\n', '{"cells": [{}]}\n'):
        assert lines_of(Source(path="a.ipynb", text=text)).texts == text.split("\n")


def test_a_line_of_a_bundle_keeps_the_statements_that_matter() -> None:
    """A minified file has one line; looking through all of it would take long."""
    text = "var a=1;" * 1000 + 'get("/organizations/"+o+"/teams");' + "var b=2;" * 1000

    lines = lines_of(Source(path="a.js", text=text))

    assert lines == Lines(texts=['get("/organizations/"+o+"/teams");', ""], numbers=[1, 1], columns=[8000, 0])


def test_a_call_among_commas_is_kept_with_what_stands_around_it() -> None:
    """Bundlers write a whole file as one statement."""
    call = 'fetch(u+"/organizations/"+o+"/alerts",{method:"DELETE"})'
    text = "a(1)," * 2000 + call + ",b(2)" * 2000 + "," * 2 + call
    lines = lines_of(Source(path="a.js", text=text))

    assert [call in line for line in lines.texts] == [True, False, True, False]
    assert text[lines.columns[2] :].startswith(lines.texts[2])


@pytest.mark.parametrize("source", [["x = 1\n", "get(2)"], "x = 1\nget(2)"])
@pytest.mark.parametrize("indent", [None, 1])
def test_a_notebook_is_read_however_it_was_written(source: object, indent: int | None) -> None:
    """Tools write it in one line, and a cell as one text."""
    text = json.dumps({"cells": [{"cell_type": "code", "source": source}]}, indent=indent)

    assert lines_of(Source(path="a.ipynb", text=text)).texts == ["x = 1", "get(2)"]


@pytest.mark.parametrize(("name", "own"), [("pyproject.toml", {2, 3, 4, 5}), ("settings.toml", set())])
def test_the_settings_of_the_harness_are_told(name: str, own: set[int]) -> None:
    """Only its own tables of the project's file, and no table of another tool."""
    lines = (
        "a = 1",
        "[tool.harness]",
        "b = 2",
        "[tool.harness.environments.a]",
        "iam = 'c'",
        "[tool.harnesses]",
    )

    assert settings_of(Source(path=f"job/{name}", text="\n".join(lines))) == own
