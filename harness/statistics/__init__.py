"""Scores, paired differences and verdicts, with their uncertainty.

Input: sample files of evaluations. Output: effects and intervals for reports.
"""
