"""Compare answers with a judge model: its requests, its verdicts, the win rate.

Input: saved outputs of two models. Output: verdicts and win rates.
"""
