"""A judge model compares answers: what it is asked, its verdicts, the win rate.

Saved outputs of two models come in; verdicts and rates go out.
"""
