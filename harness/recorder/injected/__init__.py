"""The seam in a recorded job: standard library only, so that it runs in any environment from Python 3.9 on.

``front`` goes before the job's ``PYTHONPATH``, and loads this package under another name when the job imports
a library that speaks HTTP. Exchanges go to the recorder by a Unix socket; nothing of them touches the disk.
"""
