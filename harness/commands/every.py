"""All commands, in the order of the help: imported by the command line, and not by what needs one of them."""

from __future__ import annotations

from harness.commands.attach import add_attach
from harness.commands.check_secrets import add_check_secrets
from harness.commands.compare import add_compare
from harness.commands.contract import add_contract
from harness.commands.coverage import add_coverage
from harness.commands.doctor import add_doctor
from harness.commands.draft import add_draft
from harness.commands.drift import add_drift
from harness.commands.gate import add_gate
from harness.commands.history import add_history
from harness.commands.init import add_init
from harness.commands.inspect import add_inspect
from harness.commands.learn import add_learn
from harness.commands.merge import add_merge
from harness.commands.record import add_record
from harness.commands.report import add_report
from harness.commands.rules import add_rules
from harness.commands.sandbox import add_sandbox
from harness.commands.scan import add_scan
from harness.commands.schema import add_schema
from harness.commands.sweep import add_sweep

COMMANDS = (
    add_contract,
    add_rules,
    add_schema,
    add_sandbox,
    add_report,
    add_attach,
    add_coverage,
    add_gate,
    add_learn,
    add_history,
    add_drift,
    add_compare,
    add_scan,
    add_inspect,
    add_merge,
    add_doctor,
    add_init,
    add_record,
    add_draft,
    add_check_secrets,
    add_sweep,
)
"""What adds each group of commands, in the order in which the help lists them."""
