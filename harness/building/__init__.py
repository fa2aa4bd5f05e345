"""The stages of dataset building, run from typed values: what a command and a recipe share.

Typed values come from a command or a recipe; stages leave their files, and nothing is printed.
"""
