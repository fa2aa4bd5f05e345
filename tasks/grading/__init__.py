"""Extract and grade answers in generations: numbers, code, saved samples, pass@k.

Input: generations of a model or from a file. Output: answers and outcomes for sample files.
"""
