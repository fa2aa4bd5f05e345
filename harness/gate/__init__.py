"""The gate: may this change of a dataset be merged?

Two datasets come in; rows that changed are checked (`row_faults`), models trained on both are
compared (`harness.experiment`), and `decision` makes one answer of it, which `leaderboard` shows.
"""
