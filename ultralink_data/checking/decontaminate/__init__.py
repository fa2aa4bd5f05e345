"""Decontamination: finds training rows that are benchmark problems, in any language.

`items` defines what a benchmark provides, `problem_index` finds its problems in rows; each other
module is one kind of evidence.
"""
