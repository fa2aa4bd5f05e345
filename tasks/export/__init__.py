"""Our benchmarks as tasks of plain `lm_eval --include_path`.

Benchmarks come from the registry; task files, and what they call, go out.
"""
