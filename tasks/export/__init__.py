"""Our benchmarks as tasks of plain `lm_eval --include_path`.

Input: benchmarks of the registry. Output: task files and the functions that they call.
"""
