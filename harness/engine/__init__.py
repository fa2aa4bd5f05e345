"""Make each artefact once: stages, keys, the store, worker processes.

Input: nodes of an experiment or command. Output: finished artefacts below `runs/`.
"""
