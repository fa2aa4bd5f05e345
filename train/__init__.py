"""Supervised fine-tuning of a causal language model on dialogues.

A dataset and a base model come in; a tuned model and what it cost go out.
"""
