"""The hooks: what pytest asks the plugin for, in the order in which a session does."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import pytest

from harness.collector import without_collector
from harness.plugin.command_line import add_options, spelled
from harness.plugin.items import ScenarioFile, ScenarioItem
from harness.plugin.plan import Planner
from harness.plugin.project import absent
from harness.plugin.rows import Rows
from harness.plugin.signals import ended_in_order
from harness.plugin.state import RUN, STATE, State

_RUNS_NOTHING: Final = (
    "collectonly",
    "harness_plan",
    "setuponly",
    "setupplan",
    "show_fixtures_per_test",
    "showfixtures",
)
"""The options with which no scenario runs: the report of the last run stays, as its history does."""


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the harness's options."""
    add_options(parser, pluginmanager)


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the run; nothing is read or opened before a scenario is collected."""
    config.stash[STATE] = state = State(config)
    if config.option.harness_plan:
        config.pluginmanager.register(Planner(state))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse settings and options that cannot work, before anything is collected or called."""
    state = session.config.stash[STATE]
    state.check()
    if state.configured:
        state.notes += absent(state.settings)
    if session.config.pluginmanager.hasplugin("dsession"):
        session.config.pluginmanager.register(Rows(state))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the scenario files of the configured directories, and no other YAML."""
    if file_path.suffix not in {".yaml", ".yml"}:
        return None
    run = parent.config.stash[STATE]
    return ScenarioFile.from_parent(parent, path=file_path) if run.owns(file_path) else None


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Run the items; where calls are live, a SIGTERM ends them as Ctrl-C does."""
    if session.config.option.harness_mode == "replay":
        return (yield)
    with ended_in_order():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Collect a project that uses the harness without the garbage collector."""
    if not session.config.stash[STATE].configured:
        return (yield)
    with without_collector():
        return (yield)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave only the scenarios of this shard, after others have deselected what nobody asked for."""
    run = config.stash[STATE]
    run.chosen = True
    left_out = run.deal([item for item in items if isinstance(item, ScenarioItem)])
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=list(left_out))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Say in the log which scenarios are planned."""
    items = [item for item in session.items if isinstance(item, ScenarioItem)]
    option = session.config.option
    ends_here = any(getattr(option, name, False) for name in _RUNS_NOTHING) or (
        session.testsfailed and not option.continue_on_collection_errors
    )
    run = session.config.stash[STATE]
    run.collected = True
    # pytest comes here, too, when it could not tell which items are meant, as for `-k 'a b'`.
    if (items or run.dealt) and run.chosen and not ends_here:
        run.start(items)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist which run it belongs to."""
    node.workerinput[RUN] = node.config.stash[STATE].id


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Note what follows: a worker of xdist knows no more of what it is to run."""
    item.config.stash[STATE].next_item = nextitem


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Close the log; the process that was started by the user writes the reports."""
    stopped = exitstatus == pytest.ExitCode.INTERRUPTED or session.shouldfail or session.shouldstop
    state = session.config.stash[STATE]
    state.wind_up(interrupt=exitstatus == pytest.ExitCode.INTERRUPTED and not session.shouldstop)
    # The whole run is read from its log, and every page of it is made of that.
    with without_collector():
        trouble = state.finish(stopped=bool(stopped))
    if state.empty_shard and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        # There are more shards than scenarios: that nothing fell to this one is no mistake of anybody.
        session.exitstatus = exitstatus = pytest.ExitCode.OK
    if trouble and exitstatus == pytest.ExitCode.OK:
        # Without its report the run has not done what it was asked for.
        session.exitstatus = pytest.ExitCode.USAGE_ERROR


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print verdicts, the guide's four checks, readiness, and where the report is."""
    state = config.stash[STATE]
    for note in state.notes:
        terminalreporter.write_line(note)
    lines = state.summary
    if lines:
        from harness.report.workflow_commands import for_people

        terminalreporter.section("Astro API v1beta1 to v1")
        for line in lines:
            terminalreporter.write_line(for_people(spelled(config, line)))
