"""The command, the experiments and the store that holds what they made."""
