"""Dialogues, languages and dataset building; imports none of the other rooms.

Pages and published dialogues come in; checked datasets go to `train`.
"""
