"""Decontamination: which training rows are problems of a benchmark, in whatever language.

`items` says what a benchmark hands in, `index` finds its problems in rows; each other module is
one kind of evidence.
"""
