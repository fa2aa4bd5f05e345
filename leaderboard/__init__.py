"""Run records and the one table object from which everything shown is made.

Records come from `harness`; tables go to the terminal, to files and to pages.
"""
