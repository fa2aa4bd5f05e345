"""Mixtures: several datasets drawn into the rows of one training.

Rows of datasets and a typed mixture come in; rows with ids of their own and counts go out.
"""
