"""An experiment: ablation, profile and config, its artefacts, its plan and its report.

Input: a question from the command line. Output: nodes for `engine`, a report on finished runs.
"""
