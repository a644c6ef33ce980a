"""``harness draft``: scenarios out of recorded traffic."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from harness.commands.contract import project_judge
from harness.commands.files import known_secrets, tell, write_text
from harness.commands.printing import put
from harness.errors import Problem, UsageError

if TYPE_CHECKING:
    from harness.draft import Draft
    from harness.exchange import Exchange
    from harness.leaks import LeakCheck
    from harness.result import Provenance
    from harness.settings import Settings


def add_draft(commands: Any) -> None:
    """Add ``harness draft``."""
    draft = commands.add_parser(
        "draft",
        help="write scenarios for recorded traffic",
        description=(
            "Read cassettes (of this tool or of vcrpy) and write a scenario for what belongs together, with "
            "the recording as its v1beta1 side. Each draft is loaded and asks its recording before it is "
            "written; nothing is replaced. What no draft could be made of is listed."
        ),
    )
    draft.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a cassette, or a directory of cassettes"
    )
    draft.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="where the scenarios go: in a directory of scenarios, such as scenarios/recorded",
    )
    draft.add_argument("--format", choices=("text", "json"), default="text", help="how to tell what was done")
    draft.set_defaults(run=_draft)


def _draft(arguments: argparse.Namespace, out: TextIO) -> int:
    from harness.asking import Checker, write_baseline
    from harness.collector import without_collector
    from harness.draft import draft
    from harness.leaks import LeakCheck, Quarantine
    from harness.redact import Redactor
    from harness.report.draft import draft_json, draft_text
    from harness.settings import load_settings

    settings = load_settings(Path.cwd())
    output = arguments.output.absolute()
    root = _root(output, settings)
    secrets = known_secrets(settings, os.environ)
    check = LeakCheck(secrets, settings.secrets, tell)
    review = Quarantine(check, settings.quarantine)
    with without_collector():  # a long recording is in memory to the end
        recorded, provenance = _recorded(arguments.paths)
        # Another tool's cassettes hold what it was sent; none of that may stand in a draft.
        redactor = Redactor(secrets, rules=settings.secrets)
        exchanges = [redactor.exchange(each) for each in recorded]
        checker = Checker(settings, provenance)
        drafts = draft(exchanges, project_judge(), provenance.source, _schema(output), checker)
    names = {each.name: (output / each.name).relative_to(root).as_posix() for each in drafts.drafts}
    _refuse_existing(names.values(), root, settings)
    _refuse_leaks(drafts.drafts, check)
    for each in drafts.drafts:
        cassette = settings.cassettes / names[each.name] / "baseline.yaml"
        write_baseline(each, cassette, provenance, secrets=[*secrets.values()], review=review)
        write_text(root / f"{names[each.name]}.yaml", each.text)
    render = {"json": draft_json, "text": draft_text}
    put(out, render[arguments.format](drafts, _shown(output)), arguments.format)
    return int(any(each.unproved for each in drafts.drafts))


def _refuse_leaks(drafts: Iterable[Draft], check: LeakCheck) -> None:
    """Refuse to write drafts that hold a secret; not one of them is written then."""
    problems = [
        Problem(
            where=f"{each.name}.yaml:{line}",
            what=f"no draft was written, because a secret would be in this one: {what}",
            advice="Add the name or a pattern to [tool.harness.secrets].",
        )
        for each in drafts
        for line, what in check.text(each.text.encode())
    ]
    if problems:
        raise UsageError(*problems)


def _root(output: Path, settings: Settings) -> Path:
    """Return the directory of scenarios that the drafts go to."""
    place = output.resolve()
    for root in settings.scenarios:
        if place.is_relative_to(root.resolve()):
            return root.resolve() if output != place else root
    names = " or ".join(root.name for root in settings.scenarios)
    what = "this is in no directory of scenarios, so pytest would not find the drafts"
    advice = f"Choose a directory in {names}, such as `{settings.scenarios[0].name}/recorded`."
    raise UsageError(Problem(where=str(output), what=what, advice=advice))


def _recorded(paths: Sequence[Path]) -> tuple[list[Exchange], Provenance]:
    """Read all exchanges, by the time when they began where that is known, and where they come from."""
    from harness.cassette import Cassette
    from harness.draft import provenance_of
    from harness.errors import CassetteError
    from harness.traffic import REMEDY, cassette_files

    problems: list[Problem] = []
    cassettes = []
    for path in cassette_files(paths).cassettes:
        try:
            cassette = Cassette.load(path, remedy=REMEDY)
            cassettes.append((cassette.provenance, cassette.exchanges))
        except CassetteError as error:
            problems += error.problems
    if problems:
        raise UsageError(*problems)
    # What was only asked again to tell noise is no call of the client.
    exchanges = [exchange for _, found in cassettes for exchange in found if not exchange.repeat]
    if all(exchange.started for exchange in exchanges):
        exchanges.sort(key=lambda exchange: exchange.started)
    return exchanges, provenance_of([provenance for provenance, _ in cassettes if provenance], exchanges)


def _schema(output: Path) -> str:
    """Return the path of the schema that the project has, from the drafts' directories on; empty without."""
    for place in (Path("harness", "scenario.schema.json"), Path("scenario.schema.json")):
        if place.is_file():
            return os.path.relpath(place.absolute(), output / "family")
    return ""


def _refuse_existing(names: Any, root: Path, settings: Settings) -> None:
    problems = []
    for name in names:
        for path in (root / f"{name}.yaml", settings.cassettes / name / "baseline.yaml"):
            if path.exists():
                advice = "Choose another directory with `--output`, or remove it."
                problems.append(
                    Problem(where=_shown(path), what="there is such a file already", advice=advice)
                )
    if problems:
        raise UsageError(*problems)


def _shown(path: Path) -> str:
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)
