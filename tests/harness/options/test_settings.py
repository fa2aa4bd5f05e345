"""`--set`: existing typed fields only."""

import pytest

from harness.building.recipe_parts import FilterStep, Recipe, RecipeSource
from harness.experiment import profiles
from harness.experiment.config import config_hash
from harness.options.settings import apply_settings
from ultralink_data.culture.filter_config import FilterConfig
from ultralink_data.errors import ConfigError
from ultralink_data.whole.prune_config import PruneStep

TINY = profiles.tiny()


@pytest.mark.parametrize(
    ("setting", "read", "value"),
    [
        ("train.learning_rate=2e-3", lambda c: c.train.learning_rate, 2e-3),
        ("train.steps=7", lambda c: c.train.steps, 7),
        (" train.steps =7", lambda c: c.train.steps, 7),
        ("data.folder=a=b", lambda c: c.data.folder, "a=b"),
        ("data.prune.keep=1/4", lambda c: c.data.prune.keep, "1/4"),
        ("train.lora.rank=8", lambda c: c.train.lora.rank, 8),
        ("model.micro.hidden=32", lambda c: c.model.micro.hidden, 32),
        ("margins.bpb=0.02", lambda c: c.margins.bpb, 0.02),
        ("margins.bpb=null", lambda c: c.margins.bpb, None),
        ("verdicts=true", lambda c: c.verdicts, True),
        ("seeds=[3, 4]", lambda c: c.seeds, (3, 4)),
        ("caveats=[]", lambda c: c.caveats, ()),
    ],
)
def test_a_setting_changes_its_field_and_the_hash_follows(setting, read, value):
    changed = apply_settings(TINY, [setting])
    assert read(changed) == value
    if not setting.startswith("seeds"):
        assert (config_hash(changed) == config_hash(TINY)) == (changed == TINY)


def test_hashes_of_configs_from_before_a_field_was_there_stay():
    """The reports that say `ceb04f9ee32f` are of the profile as it is."""
    assert config_hash(profiles.get("starter")) == "ceb04f9ee32f8f9c"


def test_the_last_of_two_settings_holds():
    assert apply_settings(TINY, ["train.steps=3", "train.steps=5"]).train.steps == 5


def test_no_setting_changes_nothing():
    assert apply_settings(TINY, []) == TINY


@pytest.mark.parametrize(
    ("setting", "near"),
    [
        ("train.learning_rat=1", "train.learning_rate"),
        ("trian.steps=1", "train"),
        ("train.steps.more=1", "train.steps"),
        ("margin.bpb=1", "margins"),
        ("eval.runs.0.task=x", "eval.runs"),
        ("=1", ""),
    ],
)
def test_an_unknown_field_offers_the_nearest(setting, near):
    with pytest.raises(ConfigError, match="unknown config field") as caught:
        apply_settings(TINY, [setting])
    assert repr(setting.partition("=")[0]) in caught.value.message
    assert near in caught.value.hint


RECIPE = Recipe(sources=(RecipeSource(file="f", source="sharegpt"),))


def test_a_field_below_a_null_parent_is_set_in_the_parents_defaults():
    assert RECIPE.prune is None
    changed = apply_settings(RECIPE, ["prune.keep=2k", "filter.config.model=false"])
    assert changed.prune == PruneStep(keep="2k")
    assert changed.filter == FilterStep(config=FilterConfig(model=False))
    assert apply_settings(RECIPE, ["prune.keep=2k", "prune.seed=3"]).prune.seed == 3
    assert apply_settings(RECIPE, ["prune.keep=2k", "prune=null"]) == RECIPE


def test_a_null_parent_that_needs_more_says_so():
    with pytest.raises(ConfigError, match="missing required field `keep`") as caught:
        apply_settings(RECIPE, ["prune.seed=3"])
    assert caught.value.hint == (
        "prune is null in this config: set each field that it requires as well"
    )


@pytest.mark.parametrize(
    ("setting", "near"),
    [("prune.kep=2k", "prune.keep"), ("max_cost.of=1", "max_cost"), ("models.m.x=1", "models")],
)
def test_an_unknown_field_below_null_offers_the_nearest(setting, near):
    with pytest.raises(ConfigError, match="unknown config field") as caught:
        apply_settings(RECIPE, [setting])
    assert near in caught.value.hint


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ("train.steps", "has no value"),
        ("train.steps=many", r"Expected `int.*`, got `str`"),
        ("train.steps=1.5", r"Expected `int"),
        ("train.steps=0", "steps must be >= 1, got 0"),
        ("train.learning_rate=-1", "learning_rate must be between 0 and 1, got -1"),
        ("train.precision=float8", "float8"),
        ("seeds=3", r"Expected `array`"),
        ("seeds=[0, 0]", "seeds must be different"),
        ("data.prune.keep=3/2", "keep must be"),
        ("margins.bpb=0", "margin bpb must be > 0"),
        ("workers=0", "workers must be >= 1"),
        ("train=null", r"Expected `object`"),
    ],
)
def test_a_value_that_does_not_fit_is_named(setting, complaint):
    with pytest.raises(ConfigError, match=complaint) as caught:
        apply_settings(TINY, [setting])
    assert setting in caught.value.message
    assert "\n" not in caught.value.message
