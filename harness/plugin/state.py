"""What the items of one process share: settings, runner, log; and the reports at the end."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness import __version__
from harness.plugin.command_line import spelled
from harness.plugin.project import is_configured, project_root

if TYPE_CHECKING:
    import pluggy

    from harness.acceptances import Tables
    from harness.options import Options
    from harness.plugin.crowd import Crowd
    from harness.plugin.items import ScenarioItem, Told
    from harness.plugin.places import Places
    from harness.report.events import EventLog
    from harness.runner import Runner
    from harness.scenario import Scenario
    from harness.settings import Settings
    from harness.shards import Shard

RUN = "harness_run"
"""The key under which a worker of xdist is told the run's id."""

_CONCURRENCY = 8
"""Scenarios that a live run has at the same time: enough for the vendor's limit with answers after 0.6 s."""

_TITLE = re.compile(rb"^[\"']?scenario[\"']?\s*:", re.MULTILINE)
_NO_SCENARIO = (
    "this is no scenario, and nothing of it ran: it has no `scenario:`. Give it that title, or name a "
    "scenario that includes its steps."
)
_TOOL = f"astro-migration-harness {__version__}"


class State:
    """What the items of one process share."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        worker: dict[str, str] | None = getattr(config, "workerinput", None)
        self.is_worker = worker is not None
        self.id = worker[RUN] if worker else uuid.uuid4().hex[:12]
        self.summary: list[str] = []
        self.notes: list[str] = []
        """What is to be said of the collection that is no mistake."""
        self._settings: Settings | None = None
        self._runner: Runner | None = None
        self._log: EventLog | None = None
        self._tables: Tables | None = None
        self._trouble: Exception | None = None
        self._ahead: Crowd | None = None
        self.next_item: pytest.Item | None = None
        self._started = _now()
        self._scenarios: dict[str, Scenario] = {}
        self._broken: set[str] = set()
        self._read: set[Path] = set()
        self._tags: set[str] = set()
        self.dealt: tuple[str, ...] = ()
        self.empty_shard = False
        self.chosen = False
        """Whether pytest has said which items are to run."""
        self.collected = False
        """Whether all items are collected, and every conftest.py with them."""
        self.hooks: dict[Path, pluggy.HookRelay] = {}
        """Which hooks are for the items of a directory, once that is certain."""

    @property
    def settings(self) -> Settings:
        """The settings of the project, read once.

        Raises:
            pytest.UsageError: they have mistakes.
        """
        if self._settings is None:
            from harness.settings import load_settings

            with _usage_errors(self.config):
                self._settings = load_settings(self.root)
        return self._settings

    def check(self) -> None:
        """Read the settings of a project that has some, and find the environment that is asked for.

        Raises:
            pytest.UsageError: there are mistakes.
        """
        asked = self.config.option.harness_environment
        if self.config.option.harness_shard is not None:
            with _usage_errors(self.config):
                _ = self.shard
        if asked or self.configured:
            with _usage_errors(self.config):
                self.settings.environment_named(asked)
        if self.config.option.harness_plan and getattr(self.config.option, "numprocesses", None):
            told = "`--plan` runs nothing, and needs no workers. Add `-n 0`."
            raise pytest.UsageError(spelled(self.config, told))
        if self.config.option.harness_mode != "replay" or self.config.option.harness_production:
            with _usage_errors(self.config):
                self.options.check()

    @cached_property
    def root(self) -> Path:
        """The directory of the project, whose paths are told below it."""
        return project_root(self.config)

    @cached_property
    def configured(self) -> bool:
        """Whether the project says that it uses the harness."""
        return is_configured(self.root)

    def declare(self, tag: str) -> None:
        """Declare a tag as a marker: --strict-markers is about typing errors in Python files."""
        if tag not in self._tags:
            self._tags.add(tag)
            self.config.addinivalue_line("markers", f"{tag}: a tag of scenarios")

    @property
    def directory(self) -> Path:
        """Where the report goes."""
        chosen = self.config.option.harness_report_dir
        return Path(chosen) if chosen else self.settings.reports / "latest"

    @cached_property
    def options(self) -> Options:
        """How the run is made, by the command line and the settings.

        Raises:
            UsageError: the settings have mistakes, or there is no such environment.
        """
        from harness.options import Mode, Options

        option = self.config.option
        settings = self.settings.with_profile(option.harness_profile)
        return Options(
            settings=settings,
            environment=settings.environment_named(option.harness_environment),
            mode=Mode(option.harness_mode),
            allow_writes=option.harness_allow_writes,
            production=option.harness_production,
            acceptances=not option.harness_without_acceptances,
            enforce_limits=option.harness_enforce_limits,
            environ=os.environ,
            run=self.id,
        )

    @property
    def runner(self) -> Runner:
        """The runner of this process, made when it is first needed."""
        if self._runner is None:
            from harness.runner import Runner

            self._runner = Runner(self.options)
        return self._runner

    def owns(self, path: Path) -> bool:
        """Whether a YAML file lies in a directory of scenarios, and is none that the harness writes."""
        return self._places.root(path) is not None

    @cached_property
    def _places(self) -> Places:
        from harness.plugin.places import Places

        return Places(self.settings)

    def read(self, path: Path) -> Scenario | None:
        """Read a scenario; None for a file that only holds shared steps.

        Raises:
            HarnessError: the file has mistakes; all of them are listed.
        """
        from harness.contract import V1, V1BETA1, load_contract
        from harness.errors import HarnessError, ScenarioError
        from harness.scenario import duplicate_ids, read_scenario, scenario_id

        self._read.add(path)
        root = self._places.root(path)
        text = None if root is None else _text(path)
        if root is None:
            return None
        if not self._is_scenario(path, text):
            if self._is_named(path):
                self.notes.append(f"{self._shown(path)}: {_NO_SCENARIO}")
            return None
        try:
            contracts = [load_contract(version, self.settings.contracts) for version in (V1BETA1, V1)]
            scenario = read_scenario(path, root=root, contracts=contracts, base=self.root, text=text)
        except HarnessError:
            self._broken.add(scenario_id(path, root))
            raise
        for id_ in scenario.ids():
            first = self._scenarios.setdefault(id_, scenario)
            if first.path != scenario.path:
                raise ScenarioError(*duplicate_ids([first, scenario]))
        return scenario

    def _is_named(self, path: Path) -> bool:
        """Whether pytest was asked for this very file."""
        asked = (Path(each.partition("::")[0]) for each in self.config.args)
        return any(self.config.invocation_params.dir / each == path for each in asked)

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def _is_scenario(self, path: Path, text: str | None) -> bool:
        """Whether a file of a directory of scenarios holds one, and not steps for others to include."""
        from harness.scenario import is_shared

        if text is not None and is_shared(path, text):
            return False
        # A directory of that name may be another tool's where nobody said that it is ours.
        try:
            return self.configured or bool(_TITLE.search(path.read_bytes()))
        except OSError:
            return True  # whoever reads it is told why it cannot be read

    def _left_out(self, planned: Sequence[str]) -> tuple[str, ...]:
        """Return the ids of scenarios that pytest was not asked for, by options or by the paths it got."""
        from harness.plugin.leaving import scenario_files
        from harness.scenario import scenario_id

        files = scenario_files(
            self.settings.scenarios,
            self._read,
            self.config.getini("norecursedirs"),
            lambda path: self.owns(path) and self._is_scenario(path, _text(path)),
        )
        known = {*self._scenarios, *(scenario_id(path, root) for path, root in files)}
        return tuple(sorted(known - {*planned, *self.dealt, *self._broken}))

    @cached_property
    def shard(self) -> Shard | None:
        """The shard that is asked for, None for all scenarios.

        Raises:
            UsageError: what is asked for is no shard.
        """
        asked: str | None = self.config.option.harness_shard
        if asked is None:
            return None
        from harness.shards import parse_shard

        return parse_shard(asked)

    def deal(self, items: Sequence[ScenarioItem]) -> frozenset[ScenarioItem]:
        """Return the items of other shards; ``dealt`` then holds the ids of all."""
        if self.shard is None:
            return frozenset()
        self.dealt = tuple(item.scenario_id for item in items)
        own = self.shard.takes(self.dealt)
        return frozenset(item for item in items if item.scenario_id not in own)

    def start(self, items: Sequence[ScenarioItem]) -> None:
        """Open the log and write how the run is made.

        Raises:
            pytest.UsageError: the log cannot be written, or a contract cannot be read.
        """
        try:
            with _usage_errors(self.config):
                planned = [item.scenario_id for item in items]
                self._open((*planned, *sorted(self._broken)))
        except pytest.UsageError as error:
            if not self.is_worker:
                raise
            # A worker has no way to end the run; its scenarios tell the mistake.
            self._trouble = error.__cause__ if isinstance(error.__cause__, Exception) else error

    def _open(self, planned: tuple[str, ...]) -> None:
        from harness.acceptances import Tables
        from harness.options import Mode
        from harness.report.events import EventLog, RunStarted
        from harness.shards import collection

        options = self.runner.options
        self._tables = Tables()
        self._log = EventLog.join(self._log_path)
        self._log.run_started(
            RunStarted(
                run=self.id,
                tool=_TOOL,
                mode=options.mode.value,
                # A replay calls no environment; where its evidence was recorded stands in the cassettes.
                environment="as recorded" if options.mode is Mode.REPLAY else options.environment.name,
                profile=options.settings.profile.value,
                planned=planned,
                started=self._started,
                acceptances=options.acceptances,
                shard=self.shard,
                collected=len(self.dealt),
                collection=collection(self.dealt) if self.shard else "",
                omitted=self._left_out(planned),
            )
        )

    def run(self, item: ScenarioItem) -> Told:
        """Return what came of a scenario; it runs now, or ran already while those before it did."""
        if self._trouble is not None:
            raise self._trouble
        if self._ahead is None and self.concurrency > 1:
            from harness.plugin.crowd import Crowd

            self._ahead = Crowd(self._run, self.runner, self.concurrency, self.config.option.maxfail or 0)
        if self._ahead is None:
            return self._run(item)
        # A worker of xdist has all items, and is told only of the next one that it will run.
        return self._ahead.result(item, [item, self.next_item] if self.is_worker else item.session.items)

    def _run(self, item: ScenarioItem) -> Told:
        """Run a scenario and log its result."""
        from harness.plugin.items import Told

        result = self.runner.run(item.scenario, item.row)
        if self._tables is not None:
            result = self._tables.add(result)
        if self._log is not None:
            self._log.scenario_finished(result)
        return Told.of(result)

    def failed_together(self) -> Iterator[tuple[str, Told]]:
        """Yield the ids of rows that fail by what all rows of their tables show, and what to tell of them."""
        if not self._log_path.exists():
            return
        from harness.plugin.items import Told
        from harness.report.events import failed_together

        for row in failed_together(self._log_path):
            yield row.id, Told.of(row)

    @cached_property
    def concurrency(self) -> int:
        """How many scenarios this process runs at the same time; workers of xdist share the number."""
        option = self.config.option
        if option.harness_concurrency is None and option.harness_mode == "replay":
            return 1
        workers: int = getattr(self.config, "workerinput", {}).get("workercount", 1)
        return max(1, (option.harness_concurrency or _CONCURRENCY) // workers)

    def wind_up(self, *, interrupt: bool) -> None:
        """Begin no scenario any more, and wait for those that run; ``interrupt`` lets them end early."""
        if self._ahead is not None:
            self._ahead.stop(interrupt=interrupt)

    def finish(self, *, stopped: bool) -> bool:
        """Close what is open; in the process that the user started, write the reports.

        Returns:
            Whether they could not be written; the summary then says why.
        """
        if self._runner is not None:
            self._runner.close()
        if self._log is not None:
            self._log.close()
        # The process that hands items to workers collects nothing itself.
        collected = self._settings is not None or self.config.pluginmanager.hasplugin("dsession")
        if self.is_worker or not collected or not self._log_path.exists():
            return False
        from harness.errors import HarnessError

        try:
            self._report(stopped=stopped)
        except HarnessError as error:
            self.summary = [str(error), f"The log of the run is {self._log_path}."]
            return True
        return False

    def _report(self, *, stopped: bool) -> None:
        from harness.commands.files import page_redactor
        from harness.commands.judged import judged
        from harness.report.events import EventLog, read_run
        from harness.report.text import summary_text
        from harness.report.write import write_reports

        if not stopped:
            with EventLog.join(self._log_path) as log:
                log.run_finished(self.id, _now())
        run = read_run(self._log_path)
        self.empty_shard = bool(run.missing) and not run.planned
        # A shard is no run: it is kept when it is merged.
        compare = self.shard is None and not self.config.option.harness_no_history
        # Without acceptances, what was agreed would be new today and fixed tomorrow.
        keep = not self.config.option.harness_without_acceptances
        told = judged(run, self.settings, keep=keep, compare=compare)
        redactor = page_redactor(self.settings, os.environ)
        write_reports(run, told.assessment, self.directory, told.history, redactor=redactor)
        self._log_path.replace(self.directory / "events.jsonl")
        here, directory = Path.cwd(), self.directory.absolute()
        shown = directory.relative_to(here) if directory.is_relative_to(here) else directory
        self.summary = [*summary_text(run, told.assessment, shown, told.history), *self._left_behind()]

    def _left_behind(self) -> list[str]:
        """Say what cleanup could not delete, or nobody knows of, and what to do about it."""
        from harness.ledger import DIRECTORY, left_by

        number = left_by(self.settings.state / DIRECTORY, self.id)
        if not number:
            return []
        name = self.settings.environment_named(self.config.option.harness_environment).name
        things = "1 thing" if number == 1 else f"{number} things"
        return [f"Left behind: {things}, perhaps. Look with `harness sweep --environment {name} --dry-run`."]

    @property
    def _log_path(self) -> Path:
        """The log while the run goes on: all processes of a run append to it, and no other run does."""
        return self.directory / f"events-{self.id}.jsonl"


def _text(path: Path) -> str | None:
    """Return the text of a scenario file; None for one that cannot be read, which reading it says."""
    from harness.document import DocumentError, read_text

    try:
        return read_text(path)
    except DocumentError:
        return None


@contextmanager
def _usage_errors(config: pytest.Config) -> Iterator[None]:
    """Let pytest tell a mistake as it tells its own: on one line, without a traceback."""
    from harness.errors import HarnessError

    try:
        yield
    except HarnessError as error:
        from harness.report.workflow_commands import for_people

        raise pytest.UsageError(for_people(spelled(config, str(error)))) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


STATE = pytest.StashKey[State]()
"""Where pytest's configuration keeps it."""
