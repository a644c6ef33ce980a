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
started, finished       RFC 3339 in UTC; ``finished`` is empty when the run was stopped before its end
planned                 how many scenarios were to run
unfinished              the ids of those that did not, as far as they are known
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
scenarios               the results in the order of their ids; the fields are those of
                        :class:`harness.result.ScenarioResult` and of what it holds
======================  ==================================================================================

A header list is an array of ``[name, value]``. A body is ``{"kind": ..., "data": ...}``; ``data`` is the
JSON value, or the text, or null where there is none to show. The file is strict JSON in UTF-8: a NaN in a
body is written as the string ``"NaN"``, an infinity as ``"Infinity"`` or ``"-Infinity"``
(:mod:`harness.report.codec`).
"""

from __future__ import annotations

from dataclasses import fields

from harness.readiness import Assessment
from harness.report.codec import encode, format_json
from harness.result import RunResult

_LAST = ("unfinished", "scenarios")


def render_json(run: RunResult, assessment: Assessment) -> str:
    """Write a run and its assessment as indented JSON with a line feed at the end."""
    facts = {each.name: getattr(run, each.name) for each in fields(run) if each.name not in _LAST}
    document = {
        **facts,
        "unfinished": run.unfinished,
        "assessment": assessment,
        "scenarios": run.scenarios,
    }
    return format_json(encode(document, run.scenarios))
