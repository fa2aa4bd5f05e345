"""Supervised fine-tuning of a causal language model on dialogues.

Input: a dataset and a base model. Output: a tuned model and its training counts.
"""
