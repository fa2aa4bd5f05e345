"""Dialogues, languages and the building of datasets; imports none of the other rooms.

Pages and published dialogues come in; checked datasets go to `train`.
"""
