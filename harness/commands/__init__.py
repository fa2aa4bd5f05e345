"""The subcommands of `ultralink-bench`; each module is imported only when its command runs.

Words come from `options`; each command prints its answer and returns an exit code.
"""
