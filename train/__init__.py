"""Supervised fine-tuning of a causal language model on dialogues."""
