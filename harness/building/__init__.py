"""The stages of dataset building, called with typed values; used by commands and recipes.

Input: typed values from a command or recipe. Output: each stage's files; nothing is printed.
"""
