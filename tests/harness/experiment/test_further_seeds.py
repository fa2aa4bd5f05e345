"""Which seeds the noise floor adds, and when it is on by itself."""

import msgspec
import pytest

from harness.experiment import profiles
from harness.experiment.ablation import Variant
from harness.experiment.further_seeds import further_seeds, leading_to
from ultralink_data.errors import ConfigError

STARTER, TINY = profiles.get("starter"), profiles.get("tiny")


def with_seeds(*seeds: int):
    return msgspec.structs.replace(STARTER, seeds=seeds)


def test_by_default_it_costs_under_a_third_of_the_starter_run():
    assert further_seeds(STARTER, 3, None) == (3, 4)
    assert further_seeds(STARTER, 2, None) == (3,)
    assert further_seeds(STARTER, 9, None) == (3, 4, 5)
    for variants in range(2, 12):
        for count in range(2, 6):
            more = further_seeds(with_seeds(*range(count)), variants, None)
            assert 3 * len(more) < variants * count
            assert len(more) <= count


def test_it_is_off_without_verdicts_other_variants_or_seeds_and_elsewhere():
    assert further_seeds(TINY, 2, None) == ()
    assert further_seeds(STARTER, 1, None) == ()
    assert further_seeds(with_seeds(4), 3, None) == ()
    assert further_seeds(profiles.get("small"), 3, None) == ()
    assert further_seeds(STARTER, 3, False) == ()


def test_when_asked_for_it_has_as_many_seeds_as_the_run_or_as_said():
    assert further_seeds(with_seeds(5, 2), 2, True) == (6, 7)
    assert further_seeds(TINY, 2, 4) == (1, 2, 3, 4)


@pytest.mark.parametrize(("variants", "asked"), [(2, 0), (2, -1), (1, True)])
def test_what_makes_no_sense_is_refused(variants, asked):
    with pytest.raises(ConfigError, match="noise-floor"):
        further_seeds(STARTER, variants, asked)


def test_a_reference_that_goes_on_from_another_costs_both_trainings():
    variants = (
        Variant(name="first", label="one round"),
        Variant(name="second", label="two rounds", after="first"),
        Variant(name="other", label="other"),
    )
    assert [v.name for v in leading_to("second", variants)] == ["first", "second"]
    assert [v.name for v in leading_to("other", variants)] == ["other"]
    assert further_seeds(STARTER, 3, None, each=2) == (3,)
    assert further_seeds(STARTER, 2, None, each=3) == ()
