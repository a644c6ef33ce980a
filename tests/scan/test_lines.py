"""Lines of notebooks, and lines that a tool wrote."""

from __future__ import annotations

import json

from harness.scan.files import Source
from harness.scan.lines import lines_of


def test_a_notebook_has_the_lines_of_its_cells() -> None:
    """Source is read unescaped at its place in the file; what a cell printed is not."""
    cells = [
        {"cell_type": "code", "outputs": ["get(1)\n"], "source": ['get("a")\n', "get(1)"]},
        {"cell_type": "markdown", "source": "# caf\u00e9"},
    ]
    text = json.dumps({"cells": cells}, indent=1, ensure_ascii=False)
    lines = lines_of(Source(path="a.ipynb", text=text))

    assert [line for line in lines if line] == ['get("a")', "get(1)"]
    assert text.split("\n")[lines.index('get("a")')].strip() == '"get(\\"a\\")\\n",'


def test_a_damaged_notebook_is_read_as_text() -> None:
    """A half-written file may call v1beta1 as well."""
    for text in ("{\nv1beta1", "[]\n", '{"cells": 3}\n', '{"cells": [{}]}\n'):
        assert lines_of(Source(path="a.ipynb", text=text)) == text.split("\n")


def test_a_line_of_a_bundle_keeps_the_statements_that_matter() -> None:
    """A minified file has one line; looking through all of it would take long."""
    text = "var a=1;" * 1000 + 'get("/organizations/"+o+"/teams");' + "var b=2;" * 1000

    assert lines_of(Source(path="a.js", text=text)) == ['get("/organizations/"+o+"/teams");']
