"""The benchmarks: prompts, generation through lm-eval, grading, the sandbox.

Input: a model and benchmark files. Output: graded samples, for `harness.statistics`.
"""
