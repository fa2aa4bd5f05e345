"""Models as lm-eval sees them: transformers, vLLM, endpoints; generation and likelihood.

Requests come from benchmarks; texts and log-likelihoods go back.
"""
