"""Which changed rows cost a language its score: trainings that each leave out some of them.

Two dataset folders come in; out go the loss, the groups of changed rows with the probability that
each is to blame, and what undoing the first brings. Trainings are those of `harness.experiment`.
"""
