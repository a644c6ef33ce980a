"""Makes a scenario of a file and of those that it includes, or lists everything that is wrong with them."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from harness.contract import V1, V1BETA1, Contract, load_contract
from harness.document import DocumentError, NodePath, read_document, read_text
from harness.errors import Problem, ScenarioError
from harness.exchange import Json
from harness.links import directory_without_links, without_links
from harness.rules import RULES
from harness.scenario.checks import check_rules, check_scenario
from harness.scenario.mistakes import validate
from harness.scenario.model import Acceptance, AcceptFile, Checks, ScenarioFile, SharedFile, Step
from harness.scenario.sources import Source, StepSource
from harness.struct import Struct, field, replace

SUFFIXES: Final = (".yaml", ".yml")
"""What the names of scenario files end with."""

_MAX_INCLUDES = 20
_TOP_KEY = re.compile(r"^(?:\"([^\"]*)\"|'([^']*)'|([^\s#:{\[\"'-][^:#\n]*?))\s*:(?=\s|$)", re.MULTILINE)


class Row(Struct, frozen=True, kw_only=True):
    """One run of a scenario: ``suffix`` ends its id (``[name]``, or nothing without a data table).

    ``values`` are the row's columns: variables that win over the scenario's own.
    """

    suffix: str
    values: dict[str, Json]

    @property
    def directory(self) -> str:
        """What the name of the row's cassette directory ends with: the same as its id."""
        return self.suffix


class Scenario(Struct, frozen=True, kw_only=True):
    """An ordered list of steps that share variables, as read from a file.

    ``id`` is the file's path below the scenarios directory without suffix; ``where`` is ``file:line`` of its
    title. Included steps are in their places, and know the file that they come from.
    """

    id: str
    title: str
    path: Path
    where: str
    steps: tuple[Step, ...]
    cleanup: tuple[Step, ...] = ()
    ticket: str = ""
    tags: tuple[str, ...] = ()
    vars: dict[str, Json]
    data: tuple[dict[str, Json], ...] = ()
    checks: Checks = field(default_factory=Checks)
    accept: tuple[Acceptance, ...] = ()
    unsupported: bool = False

    @property
    def line(self) -> int:
        """The 1-based line of the title."""
        return int(self.where.rpartition(":")[2])

    def rows(self) -> tuple[Row, ...]:
        """Return the runs of the scenario: one for each row of its data table, one without a table."""
        if not self.data:
            return (Row(suffix="", values={}),)
        return tuple(
            Row(
                suffix=f"[{row.get('row', number)}]",
                values={name: value for name, value in row.items() if name != "row"},
            )
            for number, row in enumerate(self.data, 1)
        )

    def ids(self) -> tuple[str, ...]:
        """Return the ids by which reports and cassettes know its runs, in the order of the rows."""
        return tuple(self.id + row.suffix for row in self.rows())


def scenario_id(path: Path, root: Path) -> str:
    """Return the id of a scenario file: its path below the scenarios directory, without suffix."""
    return _id(without_links(path), path, root)


def _id(place: Path, path: Path, root: Path) -> str:
    """Return the id of the file at ``place``, which ``path`` leads to."""
    below = _below(place, directory_without_links(root)) or path.as_posix()
    return os.path.splitext(below)[0]  # noqa: PTH122 - thousands of files are asked for


def _below(place: Path, top: Path) -> str:
    """Return the way from a directory to what is in it, with slashes; empty where it is not."""
    way, start = place.as_posix(), f"{top.as_posix().rstrip('/')}/"
    return way[len(start) :] if way.startswith(start) else ""


def is_shared(path: Path, text: str | None = None) -> bool:
    """Whether a file holds steps for others to include, and is no scenario itself.

    It is when ``steps`` is its only key: a file with a misspelt ``scenario`` stays a scenario, with a
    mistake. So does a file that cannot be read. ``text`` is the file's, where it was read before.
    """
    try:
        text = read_text(path) if text is None else text
        keys = {next(filter(None, match.groups()), "") for match in _TOP_KEY.finditer(text)}
        if not keys:
            # Not the usual layout, such as all on one line in braces.
            data = read_document(text, str(path)).data
            keys = set(data) if isinstance(data, dict) else set()
    except DocumentError:
        return False
    return keys == {"steps"}


def duplicate_ids(scenarios: Iterable[Scenario]) -> list[Problem]:
    """Return a problem for every scenario that has an id of another one before it, or of a row of one."""
    first: dict[str, Scenario] = {}
    problems = []
    for scenario in scenarios:
        others = {id_: first.setdefault(id_, scenario) for id_ in scenario.ids()}
        taken = ((id_, other) for id_, other in others.items() if other is not scenario)
        for id_, other in islice(taken, 1):
            what = f"the id `{id_}` is already that of {other.where}"
            problems.append(Problem(where=scenario.where, what=what, advice="Rename one of the files."))
    return problems


def read_scenario(
    path: Path,
    *,
    root: Path,
    contracts: Collection[Contract] | None = None,
    rules: Collection[str] | None = None,
    base: Path | None = None,
    text: str | None = None,
) -> Scenario:
    """Read a scenario file and the files that it includes.

    Args:
        path: The file.
        root: The scenarios directory that it is in; the id is relative to it.
        contracts: Operations must be in one of them; None takes those of the package, an empty
            collection looks up nothing.
        rules: The ids that acceptances can name; None takes those of the catalogue.
        base: File names in messages are relative to this directory; None takes the working directory.
        text: The file's text, where it was read before.

    Raises:
        ScenarioError: The files have mistakes; every one of them is listed, in the order of the files.
    """
    known = [load_contract(V1BETA1), load_contract(V1)] if contracts is None else list(contracts)
    reader = _Reader(base or Path.cwd())
    main = reader.source(path, ScenarioFile, text)
    steps = list(reader.steps(main, "steps"))
    cleanup = list(reader.steps(main, "cleanup"))
    reader.problems += _twin(path, main.shown)
    reader.problems += _twins_of_rows(path, main)
    reader.problems += check_scenario(main, steps, cleanup, known, RULES if rules is None else rules)
    if reader.problems:
        raise ScenarioError(*reader.sorted_problems())
    return _scenario(main, steps, cleanup, path, root)


def read_acceptances(path: Path, rules: Collection[str] | None = None) -> tuple[Acceptance, ...]:
    """Read a file with nothing but ``accept``; ``rules`` are the ids that it can name (None: all there are).

    Raises:
        ScenarioError: The file cannot be read or has mistakes; every one of them is listed.
    """
    try:
        document = read_document(read_text(path), str(path))
    except DocumentError as error:
        raise ScenarioError(*error.problems) from error
    file, problems = validate(AcceptFile, document, str(path))
    source = Source(path=path, shown=str(path), document=document, model=None)
    accept = document.data.get("accept") if isinstance(document.data, dict) else None
    problems += check_rules(accept, source, ("accept",), RULES if rules is None else rules)
    if problems or file is None:
        raise ScenarioError(*problems)
    return _acceptances(file.accept, source, ("accept",))


class _Reader:
    """Reads files with what they include, and collects what is wrong with them."""

    def __init__(self, base: Path) -> None:
        self.base = directory_without_links(base)
        self.problems: list[Problem] = []
        # What is no JSON value: whatever else is wrong with such a line may follow from that.
        self._unread: set[Problem] = set()
        self._sources: dict[Path, Source] = {}

    def source(self, path: Path, kind: type[SharedFile], text: str | None = None) -> Source:
        """Read and validate one file, once.

        Raises:
            ScenarioError: It cannot be read at all.
        """
        place = without_links(path)
        if place not in self._sources:
            shown = self._shown(place)
            try:
                document = read_document(read_text(path) if text is None else text, shown)
            except DocumentError as error:
                problems = [_shown_as(problem, path, shown) for problem in error.problems]
                if error.document is None:
                    raise ScenarioError(*problems) from error
                document = error.document
                self._unread.update(problems)
                self.problems += problems
            model, problems = validate(kind, document, shown)
            self.problems += problems
            self._sources[place] = Source(path=place, shown=shown, document=document, model=model)
        return self._sources[place]

    def steps(self, source: Source, key: str, within: tuple[Path, ...] = ()) -> Iterator[StepSource]:
        """Yield the steps under a key of a file, those of included files in their places."""
        data = source.document.data
        entries = data.get(key) if isinstance(data, dict) else None
        for index, raw in enumerate(entries if isinstance(entries, list) else ()):
            place: NodePath = (key, index)
            if isinstance(raw, dict) and "include" in raw:
                yield from self._included(source, (*place, "include"), raw["include"], (*within, source.path))
            else:
                yield StepSource(source=source, place=place, raw=raw)

    def _included(
        self, source: Source, place: NodePath, name: Json, within: tuple[Path, ...]
    ) -> Iterator[StepSource]:
        if not isinstance(name, str) or not name.strip():
            return
        target = _file(source.path.parent / name)
        where = source.where(place)
        if target is not None and (target in within or len(within) > _MAX_INCLUDES):
            what = f"`{name}` includes itself, by way of {source.shown}"
            self.problems.append(Problem(where=where, what=what, advice="Remove one of the includes."))
        elif target is None:
            advice = f"Write a path relative to {source.shown}."
            self.problems.append(Problem(where=where, what=f"there is no file `{name}`", advice=advice))
        else:
            try:
                included = self.source(target, SharedFile)
            except ScenarioError as error:
                self.problems += error.problems
                return
            yield from self.steps(included, "steps", within)

    def sorted_problems(self) -> list[Problem]:
        """Return the problems without repetitions, file by file and line by line."""
        files = [source.shown for source in self._sources.values()]

        def order(problem: Problem) -> tuple[int, int]:
            file, _, line = problem.where.rpartition(":")
            return (files.index(file) if file in files else len(files), int(line) if line.isdigit() else 0)

        lines = {problem.where for problem in self._unread}
        told = (each for each in self.problems if each in self._unread or each.where not in lines)
        return sorted(dict.fromkeys(told), key=order)

    def _shown(self, path: Path) -> str:
        return _below(path, self.base) or path.as_posix()


def _file(path: Path) -> Path | None:
    """Return the resolved path of a file; None if there is none, or there cannot be one of that name."""
    try:
        target = path.resolve()
        return target if target.is_file() else None
    except (OSError, ValueError):
        return None


def _shown_as(problem: Problem, path: Path, shown: str) -> Problem:
    return replace(problem, where=problem.where.replace(str(path), shown, 1))


def _twin(path: Path, shown: str) -> Iterator[Problem]:
    """A file that differs in its suffix only would have the same id, and the same cassettes."""
    name, own = os.path.splitext(path)  # noqa: PTH122 - the same
    for suffix in SUFFIXES:
        if suffix != own and os.path.exists(name + suffix):  # noqa: PTH110 - thousands are asked for
            what = f"`{os.path.basename(name)}{suffix}` has the same id"  # noqa: PTH119 - the same
            yield Problem(where=f"{shown}:1", what=what, advice="Rename one of the files.")


def _twins_of_rows(path: Path, main: Source) -> Iterator[Problem]:
    """A file called like a row of the table would have the row's id, and the same cassettes."""
    if not isinstance(main.model, ScenarioFile):
        return
    name = os.path.splitext(path)[0]  # noqa: PTH122 - the same
    for index, row in enumerate(main.model.data):
        for suffix in SUFFIXES:
            twin = f"{name}[{row.get('row', index + 1)}]{suffix}"
            if os.path.exists(twin):  # noqa: PTH110 - the same, and a row may be called anything
                what = f"`{os.path.basename(twin)}` has the same id as the row"  # noqa: PTH119 - the same
                where = main.where(("data", index, "row"))
                yield Problem(where=where, what=what, advice="Rename the file or the row.")


def _scenario(
    main: Source, steps: list[StepSource], cleanup: list[StepSource], path: Path, root: Path
) -> Scenario:
    file = main.model
    if not isinstance(file, ScenarioFile):
        raise TypeError(file)
    return Scenario(
        id=_id(main.path, path, root),
        title=file.scenario,
        path=path,
        where=main.where(("scenario",)),
        steps=tuple(_step(step) for step in steps),
        cleanup=tuple(_step(step) for step in cleanup),
        ticket=file.ticket,
        tags=tuple(file.tags),
        vars=file.vars,
        data=tuple(file.data),
        checks=file.checks.placed(main.where(("checks",))),
        accept=_acceptances(file.accept, main, ("accept",)),
        unsupported=file.unsupported,
    )


def _step(found: StepSource) -> Step:
    """Return the step with a name, and with its place and those of its acceptances."""
    key, index = found.place
    step: Step = getattr(found.source.model, str(key))[index]
    request = step.request
    return step.placed(
        found.source.where(found.place),
        name=step.name or step.operation or f"{request.method} {request.path}",
        accept=list(_acceptances(step.accept, found.source, (*found.place, "accept"))),
    )


def _acceptances(accept: list[Acceptance], source: Source, place: NodePath) -> tuple[Acceptance, ...]:
    return tuple(acceptance.placed(source.where((*place, index))) for index, acceptance in enumerate(accept))
