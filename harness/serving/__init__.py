"""The site of a store on this machine alone, built again whenever records are added.

Records come from the store; pages are those of `leaderboard.site`, with a script (`live.js`) that
follows the server. Only `leaderboard serve` uses this.
"""
