"""Makes artefacts once: stages, keys, the store, worker processes.

Nodes come from an experiment or a command; finished artefacts stay below `runs/`.
"""
