"""The gate: may this change of a dataset be merged?

Two datasets come in; rows that changed are checked (`row_faults`), models trained on both are
compared (`proxy`); `harness.commands.gate` makes one answer of both, which `leaderboard` shows.
"""
