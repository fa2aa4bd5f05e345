"""A paper's tables and figures, from what a store holds: LaTeX, Markdown, CSV; PDF and PNG.

From a `Collection` and the published scores to a folder whose `paper.tex` includes all of it.
"""
