"""The formats of ``harness report`` that are one text each, by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from harness.history import History
from harness.readiness import Assessment
from harness.redact import Redactor
from harness.report.ctrf import render_ctrf
from harness.report.html import render_html
from harness.report.job_summary import render_job_summary
from harness.report.junit import render_junit
from harness.report.markdown import render_markdown
from harness.report.migration_notes import render_migration_notes
from harness.report.notes import code_quality, github_annotations, notes_of
from harness.report.run_json import json_parts
from harness.report.sarif import render_sarif
from harness.result import RunResult
from harness.struct import Struct, field


class Told(Struct, frozen=True, kw_only=True):
    """A run, and what its renderings need to know besides.

    ``history`` is what earlier runs say, None where none were asked. ``below`` is the project's directory in
    its repository, empty for its root. ``link`` is where the whole report can be had, empty where nobody said
    it. All goes through ``redactor`` once more: see :func:`rendered`.
    """

    run: RunResult
    assessment: Assessment
    history: History | None = None
    below: str = ""
    link: str = ""
    redactor: Redactor = field(default_factory=Redactor)


FORMATS: Mapping[str, Callable[[Told], Iterable[str]]] = MappingProxyType(
    {
        "markdown": lambda told: (render_markdown(told.run, told.assessment, told.history),),
        "html": lambda told: (render_html(told.run, told.assessment, told.history, redactor=told.redactor),),
        "json": lambda told: json_parts(told.run, told.assessment, told.history),
        "junit": lambda told: (render_junit(told.run, told.assessment),),
        "ctrf": lambda told: (render_ctrf(told.run, told.assessment, told.below),),
        "sarif": lambda told: (render_sarif(told.run, told.assessment, told.below),),
        "notes": lambda told: (render_migration_notes(told.run, told.assessment),),
        "summary": lambda told: (
            render_job_summary(told.run, told.assessment, told.history, link=told.link),
        ),
        "github": lambda told: (github_annotations(notes_of(told.run, told.assessment, told.below)),),
        "gitlab": lambda told: (code_quality(notes_of(told.run, told.assessment, told.below)),),
    }
)
"""Name to the function that gives the parts of the text."""

FOR_PEOPLE = frozenset({"markdown", "notes", "summary"})
"""Those that are text in lines; each is one part."""


def rendered(name: str, told: Told) -> Iterator[str]:
    """Yield the parts of a format, without the secrets that the redactor knows by their values.

    What people read goes by names and looks, too, as the page does; what machines read is quoted in ways that
    looks could take for something else.
    """
    clean = told.redactor.text if name in FOR_PEOPLE else told.redactor.known
    return map(clean, FORMATS[name](told))
