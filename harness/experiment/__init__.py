"""An experiment: ablation, profile and config, its artefacts, its plan and its report.

A question comes from the command line; nodes go to `engine`, finished runs become a report.
"""
