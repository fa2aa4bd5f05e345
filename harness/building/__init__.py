"""The stages of dataset building, run from typed values: what a command and a recipe share."""
