"""Scores, paired differences and verdicts, with their uncertainty.

Sample files come from evaluations; effects and intervals go to reports.
"""
