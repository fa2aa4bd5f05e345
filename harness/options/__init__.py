"""The options of the command line and how they are read.

Arguments come from the user; typed values go to `commands`. Nothing heavy is imported.
"""
