"""Datasets on disk: the release form, folders with a manifest, sorted rows, distinct ids.

Dialogues come from any stage and go to training, checks and tables.
"""
