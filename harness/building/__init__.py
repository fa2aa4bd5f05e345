"""The stages of dataset building, run from typed values; shared by commands and recipes.

Typed values come from a command or a recipe; stages leave their files, and nothing is printed.
"""
