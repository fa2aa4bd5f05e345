"""Plan and report say which variants train on warm-up steps alone."""

from types import SimpleNamespace

from harness.experiment.packed_facts import PlannedTraining
from harness.experiment.warmup_caveats import warmup_caveats
from train.train_config import TrainConfig


def said(**steps):
    """What is told of variants with these numbers of steps, one step of which is warm-up."""
    variants = [SimpleNamespace(name=name) for name in steps]
    experiment = SimpleNamespace(
        variants=variants,
        config=SimpleNamespace(seeds=(4,)),
        of=lambda variant: SimpleNamespace(train=TrainConfig()),
    )
    plans = {(name, 4): PlannedTraining(steps=count, cells=()) for name, count in steps.items()}
    return warmup_caveats(experiment, plans)


def test_nothing_is_told_of_trainings_that_learn():
    assert said(a=2, b=80) == ()


def test_variants_are_named_unless_it_holds_for_all():
    (alone,) = said(a=1, b=80)
    (both,) = said(a=1, b=1)
    assert both.startswith("nothing is learned: ")
    assert alone == f"a: {both}"
