"""The subcommands of `ultralink-bench`; each module is imported only when its command runs."""
