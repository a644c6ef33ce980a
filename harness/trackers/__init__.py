"""Trackers of tickets: one comment that is kept up to date, and files where the tracker takes them.

GitHub's REST API takes comments on issues and pull requests, and no files. Jira's takes both; version 2 of it
takes the comment as wiki markup, in Jira Cloud and in Jira Data Center alike.

What is sent was looked through by the caller. Nothing is done twice: the comment is found again by its mark
and edited, a file that is there under the same name is not sent again.
"""

from harness.trackers.github import API as GITHUB_API
from harness.trackers.github import GitHub, Issue
from harness.trackers.jira import Jira, checked_key
from harness.trackers.service import Published, open_sender

__all__ = ["GITHUB_API", "GitHub", "Issue", "Jira", "Published", "checked_key", "open_sender"]
