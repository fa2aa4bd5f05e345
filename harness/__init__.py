"""The command, the experiments and the store of their artefacts.

Arguments come from the command line; artefacts, records and tables go out.
"""
