"""The words of the command line, and what is read from them.

Words come from the user; typed values go to `commands`. Nothing heavy is imported.
"""
