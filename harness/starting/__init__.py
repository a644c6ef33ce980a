"""What a repository needs to begin with: first scenarios, settings, and a nightly job."""

from harness.starting.files import CI, Left, Start, Written, plan_start, write_start

__all__ = ["CI", "Left", "Start", "Written", "plan_start", "write_start"]
