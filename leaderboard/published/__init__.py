"""Scores that others have published, each as it was printed, with where it stands.

From the CSV files here to the rankings (`leaderboard.ranking`) and the paper's main tables.
"""
