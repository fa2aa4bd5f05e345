"""The benchmarks: prompts, generation through lm-eval, grading, the sandbox.

A model and benchmark files come in; graded samples go to `harness.statistics`.
"""
