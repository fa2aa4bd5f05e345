"""Dialogues about passages of articles: the paper's language-specific half.

Pages come from `wiki`; checked dialogues go to a dataset.
"""
