"""A migration test harness for the Astro API: paired calls to v1beta1 and v1, compared and judged."""

__version__ = "0.1.0"
