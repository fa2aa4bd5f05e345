"""Text as text: words, units to compare by, tokens, numbers, language, diversity, similarity.

Pure functions over strings; every other folder hands its texts in and gets values back.
"""
