"""Stage two of translation: prompts, checks, and quality as a number.

English dialogues come from `sources` and `culture`; checked translations go to a dataset.
"""
