"""What a person hears while a command works: libraries tell a display, the terminal draws it.

How far, how fast, how long, what it costs come in; a bar on a terminal or lines in a log go out.
"""
