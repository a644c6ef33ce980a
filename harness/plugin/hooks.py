"""The hooks: what pytest asks the plugin for, in the order in which a session does."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from harness.collector import without_collector
from harness.plugin.items import ScenarioFile, ScenarioItem
from harness.plugin.plan import Planner
from harness.plugin.signals import ended_in_order
from harness.plugin.state import RUN, STATE, State


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the harness's options."""
    group = parser.getgroup("harness", "Astro API migration harness")
    group.addoption(
        "--mode",
        choices=("replay", "record", "live"),
        default="replay",
        help="replay cassettes (default; no socket is opened), record them, or call live without recording",
    )
    group.addoption("--environment", metavar="NAME", help="an environment of [tool.harness.environments]")
    group.addoption(
        "--allow-writes",
        action="store_true",
        help="send steps that change something, outside the sandbox too",
    )
    group.addoption(
        "--production",
        metavar="NAME",
        default="",
        help="the name of a production environment, typed as well to allow writes there",
    )
    group.addoption(
        "--without-acceptances", action="store_true", help="judge as if no scenario accepted anything"
    )
    group.addoption(
        "--concurrency",
        type=_positive,
        metavar="N",
        help="scenarios that run at the same time (default: 8 where calls are live, 1 in a replay)",
    )
    group.addoption(
        "--enforce-limits",
        action="store_true",
        help="keep the vendor's limits of requests in an environment that has none, as the sandbox",
    )
    group.addoption(
        "--no-history", action="store_true", help="do not keep the run, nor compare it with earlier ones"
    )
    group.addoption("--profile", choices=("strict", "tolerant"), help="how severe the rules are")
    group.addoption(
        "--shard", metavar="K/N", help="run the K-th of N parts of the scenarios; see harness merge"
    )
    group.addoption(
        "--plan", action="store_true", help="print every call that the run would make, and make none"
    )
    group.addoption("--report-dir", metavar="DIR", help="where the report goes (default: reports/latest)")


def _positive(text: str) -> int:
    """Read a number of 1 or more; argparse tells of any other text."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the run; nothing is read or opened before a scenario is collected."""
    config.stash[STATE] = state = State(config)
    if config.option.plan:
        config.pluginmanager.register(Planner(state))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse settings and options that cannot work, before anything is collected or called."""
    session.config.stash[STATE].check()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the scenario files of the configured directories, and no other YAML."""
    if file_path.suffix not in {".yaml", ".yml"}:
        return None
    run = parent.config.stash[STATE]
    return ScenarioFile.from_parent(parent, path=file_path) if run.owns(file_path) else None


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Run the items; where calls are live, a SIGTERM ends them as Ctrl-C does."""
    if session.config.option.mode == "replay":
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
    left_out = config.stash[STATE].deal([item for item in items if isinstance(item, ScenarioItem)])
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=list(left_out))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Say in the log which scenarios are planned."""
    items = [item for item in session.items if isinstance(item, ScenarioItem)]
    option = session.config.option
    ends_here = (
        option.collectonly
        or option.plan
        or (session.testsfailed and not option.continue_on_collection_errors)
    )
    run = session.config.stash[STATE]
    if (items or run.dealt) and not ends_here:
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
    if state.stale and exitstatus == pytest.ExitCode.OK:
        # No worker could know it, or the row that ran last would have failed.
        session.exitstatus = exitstatus = pytest.ExitCode.TESTS_FAILED
    if trouble and exitstatus == pytest.ExitCode.OK:
        # Without its report the run has not done what it was asked for.
        session.exitstatus = pytest.ExitCode.USAGE_ERROR


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print verdicts, the guide's four checks, readiness, and where the report is."""
    lines = config.stash[STATE].summary
    if lines:
        from harness.report.workflow_commands import for_people

        terminalreporter.section("Astro API v1beta1 to v1")
        for line in lines:
            terminalreporter.write_line(for_people(line))
