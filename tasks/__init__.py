"""The benchmarks: prompts, generation through lm-eval, grading, the sandbox."""
