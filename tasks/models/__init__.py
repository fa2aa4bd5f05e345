"""Models as lm-eval sees them: transformers, vLLM, endpoints; generation and likelihood.

Input: requests of benchmarks. Output: generated texts and log-likelihoods.
"""
