"""The cultural filter: which English conversations belong to one culture, and why.

English dialogues come from `sources`; what is kept goes to `translation`.
"""
