"""Renderings of a run: one pure function a format, and the event log that they are made from.

events    the log of a run: JSON lines, appended while it runs, merged by concatenation
run_json  ``run.json``: the run and its assessment for other programs
markdown  ``report.md``: for the migration ticket
html      ``report.html``: one page with the evidence
junit     ``cases`` in the formats of test runners; so is ``ctrf``
sarif     findings at the lines of scenarios for code scanning; ``notes`` are the short ones of CI services
formats   all of those that are one text, by name
bundle    what goes on a ticket: ``ticket`` has its part of the run, ``exchanges`` the pairs as JSON
comment   what ``harness attach`` sends: Markdown, or ``wiki`` markup
migration_notes  what the migration changed, to keep after the cutover
text      what pytest prints: the text of a failure, the summary at the end
coverage  the answer of ``harness coverage``; ``matrix`` has its words and cells for every report
write     all files of one run, each replaced at once

Nothing is imported here: pytest starts without a template engine.
"""
