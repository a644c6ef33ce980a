"""``run.json``: the result of a run and its assessment, for other programs.

One object; ``format`` is 1. Keys are only added while the format stays the same; a program must ignore
those that it does not know.

======================  ==================================================================================
key                     value
======================  ==================================================================================
format                  the format of this file, an integer
tool                    name and version of what made the run
mode                    ``replay``, ``record`` or ``live``
environment, profile    names
id                      what the run is called in its log and its history
started, finished       RFC 3339 in UTC; ``finished`` is empty when the run was stopped before its end
planned                 how many scenarios were to run
unfinished              the ids of those that did not, as far as they are known
missing                 the shards that belong to those of the run and are not in it, such as ``2/5``
omitted                 the ids of scenarios of the project that the run was not asked for
acceptances             false when the run was asked to ignore acceptances
assessment.readiness    ``GO``, ``NO-GO`` or ``NOT PROVEN``
assessment.reasons      sentences, worst first, never none
assessment.remedies     sentences on what to do about them
assessment.breaking     how many breaking findings there are in ``all``, how many are ``yours`` because the
                        integration ``reads`` what they are about, and how many of those are ``accepted``;
                        ``declared`` is false where no step says what is read
assessment.verdicts     number of scenarios by verdict: match, accepted, inconclusive, unsupported,
                        mismatch, error
assessment.checks       one object for each of the guide's checks (responses, auth, errors, behaviour):
                        readiness, steps, probes, open findings (breaking, risky, info), accepted ones
assessment.operations   one object for each operation: readiness, worst verdict, ids of its scenarios,
                        reasons, strongest evidence
assessment.contracts    ``findings``: how many there are, by what the published contracts say of them;
                        ``departures``: where the answers of one side left the contract of that side
assessment.coverage     what the run exercised of the operations of v1beta1, gaps first (the fields are those
                        of :class:`harness.coverage.Coverage`); null where it was not counted
assessment.probing      ``answered``: what both sides answered to each kind of probe of each operation;
                        ``left``: the probes that were asked for and not made, and why (the fields are those
                        of :class:`harness.probing.Probing`)
assessment.retries      how many attempts were followed by another one, by status or kind of failure
assessment.behaviour    ``latencies`` by operation in seconds, ``endings`` that answers announce, ``findings``
                        of the run as a whole, ``lapsed``: those about acceptances of such findings, and
                        ``countdown``, a sentence on the end of v1beta1 (the fields are those of
                        :class:`harness.behaviour.Behaviour`)
history                 what earlier runs say of this one; null where none were asked; see below
causes                  the findings of the run by their cause, worst first; see below
scenarios               the results in the order of their ids; the fields are those of
                        :class:`harness.result.ScenarioResult` and of what it holds
======================  ==================================================================================

A cause is the findings of one rule at one place, in however many operations and steps:

================  ========================================================================================
key               value
================  ========================================================================================
rule, severity    those of its findings; ``accepted`` and ``inconclusive`` are, too
together          the rule that all samples together show; another one than ``rule`` where they disagree:
                  a property that some pairs lack and others have became optional, it was not removed
paths             one object for each place: ``path``, and ``to`` where it was renamed
operations        the ids of the operations where it was found
samples           ``seen`` of ``samples``: all samples of these operations, also those without the finding
scenarios         ``seen`` of ``samples``: the scenarios that exercised these operations
baseline          in how many samples v1beta1 has a property that was removed or added; null for others,
                  and where the evidence does not show it, as of a name that JSON cannot write
candidate         the same of v1
fingerprints      those of its findings
explanation       that of its first finding; ``remedy`` is, too
documentation     what the contracts say of it, at each operation
places            one object for each finding: ``scenario`` (its id), ``where`` (file:line), ``operation``
================  ========================================================================================

Of the history:

================  ========================================================================================
key               value
================  ========================================================================================
since             when the last comparable run started (same environment, kind of evidence and profile);
                  empty where there is none
trouble           why nothing is known; empty where all is well
counts            how many findings are new, known, accepted, fixed, regressed and flaky, each fingerprint
                  once, without those for information
findings          one object for each: ``fingerprint``, ``place``, ``severity``, ``state``, and the starts of
                  the ``first`` and ``last`` of the last 30 runs that showed it
trend             the last 30 comparable runs, oldest first, this one at the end; ``breaking`` and ``risky``
                  count what is open, ``accepted`` what is accepted
================  ========================================================================================
``noise`` of a finding says in how many repeats of the call each side disagreed with its first answer; where
``excused`` is true, the finding is info because v1beta1 does, and ``severity`` there is what it was before.

A header list is an array of ``[name, value]``. A body is ``{"kind": ..., "data": ...}``; ``data`` is the
JSON value, or the text, or null where there is none to show. The file is strict JSON in UTF-8: a NaN in a
body is written as the string ``"NaN"``, an infinity as ``"Infinity"`` or ``"-Infinity"``
(:mod:`harness.report.codec`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.causes import Cause
from harness.history import History
from harness.readiness import Assessment
from harness.report import changes
from harness.report.codec import encode, format_json
from harness.result import RunResult, operation_name
from harness.struct import field_names

_LAST = ("unfinished", "scenarios")
_AT_ONCE = 100
"""Scenarios that are written together."""

_BEFORE, _BEHIND = '{\n  "scenarios": [', "\n  ]\n}\n"


def render_json(run: RunResult, assessment: Assessment, history: History | None = None) -> str:
    """Write a run and its assessment as indented JSON with a line feed at the end."""
    return "".join(json_parts(run, assessment, history))


def json_parts(run: RunResult, assessment: Assessment, history: History | None = None) -> Iterator[str]:
    """Yield what :func:`render_json` gives, some scenarios at a time: a long run is larger than memory."""
    facts = {name: getattr(run, name) for name in field_names(run) if name not in _LAST}
    document = {
        **facts,
        "unfinished": run.unfinished,
        "assessment": {
            name: getattr(assessment, name) for name in field_names(assessment) if name != "causes"
        },
        "history": changes.as_json(history) if history else None,
        "causes": [_cause(cause) for cause in assessment.causes],
        "scenarios": (),
    }
    yield format_json(encode(document, ())).removesuffix("]\n}\n")
    for first in range(0, len(run.scenarios), _AT_ONCE):
        some = run.scenarios[first : first + _AT_ONCE]
        # Indented as a part of the whole: to indent its lines afterwards would take longer than all the rest.
        text = format_json(encode({"scenarios": some}, some)).removeprefix(_BEFORE).removesuffix(_BEHIND)
        yield f"{',' if first else ''}{text}"
    yield "\n  ]\n}\n" if run.scenarios else "]\n}\n"


def _cause(cause: Cause) -> dict[str, Any]:
    """Write a cause; what it has in full stands in the scenarios."""
    return {
        "rule": cause.rule,
        "together": cause.together,
        "severity": cause.severity,
        "accepted": cause.accepted,
        "inconclusive": cause.inconclusive,
        "paths": [{"path": fact.path, "to": fact.to} for fact in cause.differences],
        "operations": cause.operations,
        "samples": cause.samples.found,
        "scenarios": cause.samples.scenarios,
        "baseline": cause.samples.baseline,
        "candidate": cause.samples.candidate,
        "fingerprints": sorted({place.finding.fingerprint for place in cause.places}),
        "explanation": cause.example.explanation,
        "remedy": cause.example.remedy,
        "documentation": cause.documentation,
        "places": [
            {
                "scenario": place.scenario.id,
                "where": place.step.where,
                "operation": operation_name(place.step),
            }
            for place in cause.places
        ],
    }
