"""Results of other harnesses in, and ours out: lm-eval, inspect, human-eval, OMGEval, EEE, the Hub.

An import is a folder of run records, which `leaderboard.collection` finds as it finds ours, with
sample files beside them. Only what a source says is in a record; docs/exchange.md says what each
form holds and what is lost on the way.
"""
