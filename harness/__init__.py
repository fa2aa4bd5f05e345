"""The command, the experiments and the store that holds what they made.

Words come from the command line; artefacts, records and tables go out.
"""
