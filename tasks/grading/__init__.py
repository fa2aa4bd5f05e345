"""Answers read from generations: numbers, code, saved samples, pass@k.

Generations come from a model or a file; extracted answers and outcomes go to sample files.
"""
