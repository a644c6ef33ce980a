"""What the sandbox has: one module a topic, each with its ``FAMILIES`` and ``ACTIONS``.

``FAMILIES`` is data for ``family.py``. ``ACTIONS`` maps the id of an operation that is none of the five
things that every family can do to its handler.
"""
