"""The exceptions that a user can cause, and the one shape of their messages.

    HarnessError                 exit code 2
    ├── UsageError               a setting, an option or a file name is wrong
    ├── ScenarioError            a scenario file has mistakes (all of them, one a line)
    ├── ContractError            an OpenAPI document or a contract cannot be used
    ├── CassetteError            a cassette is missing, damaged, or has no such request
    └── TargetError              a call could not be made (no token, no base URL, refused by a guard)

A difference between the two sides is never an exception: it is a finding in a result.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake: where it is, what is wrong, and what to do about it.

    ``where`` is ``file:line`` or a file, an option, a setting; it may be empty.
    ``advice`` is what to write or run instead; it may be empty.
    """

    where: str
    what: str
    advice: str = ""

    def __str__(self) -> str:
        """Render as ``where: what. advice`` on one line."""
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text.rstrip('.')}. {self.advice}" if self.advice else text


class HarnessError(Exception):
    """Something that the user can put right; ``problems`` holds at least one :class:`Problem`."""

    exit_code: ClassVar[int] = 2

    def __init__(self, *problems: Problem) -> None:
        """Keep the problems; the message is one line for each of them."""
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        """Give one line for each problem."""
        return "\n".join(str(problem) for problem in self.problems)


class UsageError(HarnessError):
    """A setting, an option or a file name is wrong."""


class ScenarioError(HarnessError):
    """A scenario file has mistakes; every mistake of the file is listed."""


class ContractError(HarnessError):
    """An OpenAPI document cannot be read, or a contract does not know what was asked."""


class CassetteError(HarnessError):
    """A cassette is missing, damaged, foreign, or does not hold the request."""


class TargetError(HarnessError):
    """A call must not or cannot be made: no token, no base URL, or writes are not allowed."""
