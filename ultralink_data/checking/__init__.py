"""The check of a dataset: contamination, duplicates, languages and flaws of its rows.

Rows of any dataset and items of benchmarks come in; a report and the clean rows go out.
"""
