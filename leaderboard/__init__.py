"""Run records and the one table object from which everything shown is made."""
