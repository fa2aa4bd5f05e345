"""Mixes of kinds and languages: how many rows of each, which ones, and what cannot be mixed."""

from collections import Counter

import pytest

from harness.experiment import profiles
from harness.experiment.ablation_files import built_in
from harness.experiment.ablation_parameters import arranged
from harness.experiment.ablations.recipe_mix import MixConfig, SkewConfig, mix, skew, targets
from harness.experiment.nodes import Experiment
from ultralink_data.errors import ConfigError
from ultralink_data.starter.dialogues import starter_dialogues

ABLATION = built_in()["recipe"]
ROWS = starter_dialogues(0, 2)
SIZES = {("en", "math"): 800, ("es", "math"): 200, ("en", "code"): 100}


def test_temperature_one_is_the_datas_own_balance_and_a_large_one_is_even():
    assert targets(SIZES, MixConfig()) == SIZES
    even = targets(SIZES, MixConfig(temperature=1e9))
    assert even == {("en", "math"): 500, ("es", "math"): 500, ("en", "code"): 100}
    half = targets(SIZES, MixConfig(temperature=2))
    # Square roots of 800 and 200 are 2 to 1.
    assert half == {("en", "math"): 667, ("es", "math"): 333, ("en", "code"): 100}


def test_shares_of_kinds_keep_the_number_of_rows():
    found = targets(SIZES, MixConfig(kinds={"math": 1, "code": 1}))
    assert found == {("en", "math"): 440, ("es", "math"): 110, ("en", "code"): 550}
    with pytest.raises(ConfigError, match="asks for rows of kind chat_specific, and the data"):
        targets(SIZES, MixConfig(kinds={"math": 1, "chat_specific": 1}))


def test_a_mix_repeats_what_it_has_too_few_of_and_every_row_has_an_id_of_its_own():
    out = list(mix(ROWS, MixConfig(kinds={"math": 1, "code": 3})))
    assert len(out) == pytest.approx(len(ROWS), abs=5)
    assert len({(row.language, row.kind, row.id) for row in out}) == len(out)
    shares = Counter(row.kind for row in out)
    assert set(shares) == {"math", "code"}
    assert shares["code"] / shares["math"] == pytest.approx(3, rel=0.02)
    stands = Counter((row.language, row.turns) for row in out if row.kind == "code")
    assert max(stands.values()) - min(stands.values()) == 1
    less = [row for row in out if row.kind == "math"]
    assert {row.id for row in less} < {row.id for row in ROWS}


def test_a_small_cell_is_not_learned_by_heart():
    rows = [row for row in ROWS if row.kind == "math"]
    few = [row for row in ROWS if row.kind == "code"][:1]
    with pytest.raises(ConfigError, match="rows of en code, and there are 1"):
        list(mix([*rows, *few], MixConfig(kinds={"math": 1, "code": 1})))


def test_a_skewed_set_keeps_the_same_problems_of_each_language():
    out = list(skew(ROWS, SkewConfig(languages=("en", "zh", "es"))))
    counts = Counter(row.language for row in out if row.kind == "math")
    assert counts["zh"] == round(counts["en"] / 2)
    assert counts["es"] == round(counts["en"] / 4)
    assert counts["ru"] == counts["en"]
    kept = {
        code: {r.provenance.source_id for r in out if (r.language, r.kind) == (code, "math")}
        for code in ("zh", "es")
    }
    assert kept["es"] < kept["zh"]


@pytest.mark.parametrize("name", [v.name for v in ABLATION.variants])
def test_every_variant_can_be_made_of_the_starter_set(name):
    variant = next(v for v in ABLATION.variants if v.name == name)
    rows = starter_dialogues(0, 14)
    for stage in ABLATION.stages:
        if stage.name in variant.stages:
            rows = list(stage.run(rows, variant.stages[stage.name]))
    assert {row.language for row in rows} == {"en", "zh", "es", "fr", "ru"}


def test_temperatures_are_compared_with_the_skewed_set_and_mixes_with_the_data():
    compared = {v.name: ABLATION.compared_with(v) for v in ABLATION.variants}
    assert compared["as-is"] is None
    assert compared["no-chat"] == "as-is"
    assert compared["skewed-t1"] is None
    assert compared["skewed-even"] == "skewed-t1"


def test_a_mix_of_ones_own_is_compared_with_the_data():
    config = profiles.starter()
    own = arranged(ABLATION, ("kinds=math:2,code:1", "temperature=3"), config)
    made = Experiment(own, config, benchmarks=None, command=())
    assert [v.name for v in made.variants] == ["as-is", "own-mix"]
    mixed = made.variants[1].stages["mix"]
    assert (mixed.kinds, mixed.temperature) == ({"math": 2.0, "code": 1.0}, 3.0)
    with pytest.raises(ConfigError, match="'math' is not a kind and its share"):
        arranged(ABLATION, ("kinds=math",), config)
    with pytest.raises(ConfigError, match="'sums' is no kind of rows"):
        arranged(ABLATION, ("kinds=sums:1",), config)
    with pytest.raises(ConfigError, match="temperature must be over 0, got 0"):
        arranged(ABLATION, ("temperature=0",), config)
    one = profiles.with_languages(config, ("en",))
    assert not any(v.name.startswith("skewed") for v in arranged(ABLATION, (), one).variants)


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        (MixConfig, {"kinds": {"math": -1.0}}, "share of math must be >= 0"),
        (MixConfig, {"kinds": {"math": 0.0}}, "every share is 0"),
        (MixConfig, {"temperature": 0}, "temperature must be over 0"),
        (SkewConfig, {"languages": ("en",), "factor": 0}, "factor must be over 0"),
    ],
)
def test_shares_out_of_range_are_refused(kind, changes, message):
    with pytest.raises(ValueError, match=message):
        kind(**changes)
