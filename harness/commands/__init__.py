"""The commands of the command line, a file a group; each adds itself to the parser.

Heavy modules are imported by the command that needs them, so that ``harness --help`` answers at once.
"""
