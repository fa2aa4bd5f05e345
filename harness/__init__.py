"""The command line, the experiments, and the store of their artefacts.

Input: command-line arguments. Output: artefacts, records and tables.
"""
