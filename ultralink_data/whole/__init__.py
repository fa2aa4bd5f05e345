"""Whole datasets: prune one, describe one, compare two.

Datasets come from the stages before; a smaller dataset, numbers or differences go out.
"""
