"""The subcommands of `ultralink-bench`; each module is imported only when its command runs.

Input: parsed `options`. Each command prints its result and returns an exit code.
"""
