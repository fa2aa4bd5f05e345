"""Dialogues, languages and the building of datasets; imports none of the other rooms."""
