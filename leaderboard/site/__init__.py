"""The leaderboard as pages: static files that work from disk, from any host and offline.

A `leaderboard.collection.Collection` comes in, a folder of HTML, scripts and data goes out. Pages
are written by `markup` alone, which escapes; `build_site` puts them all in place at once.
"""
