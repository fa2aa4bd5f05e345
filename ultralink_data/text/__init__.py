"""Text as text: words, units to compare by, tokens, numbers, language, diversity, similarity.

Pure functions over strings, used by every other folder.
"""
