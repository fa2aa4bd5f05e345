"""The guard before training: what counts as the same, and what happens then."""

from types import SimpleNamespace

import msgspec
import pytest

from harness.experiment import profiles
from harness.experiment.ablation import Ablation, Variant
from harness.experiment.differing import differing
from harness.experiment.nodes import Experiment
from ultralink_data.errors import ConfigError


def learning_rate(config):
    train = msgspec.structs.replace(config.train, learning_rate=0.5)
    return msgspec.structs.replace(config, train=train)


def base_seed(config):
    model = msgspec.structs.replace(config.model, base_seed=9)
    return msgspec.structs.replace(config, model=model)


def likelihood_only(config):
    runs = tuple(msgspec.structs.replace(run, generate=0) for run in config.eval.runs)
    evaluation = msgspec.structs.replace(config.eval, runs=runs)
    return msgspec.structs.replace(config, eval=evaluation)


def experiment(names="abc", asked=(), changes=None, **facts):
    changes = changes or {}
    variants = tuple(
        Variant(name=n, label=n, **({"change": changes[n]} if n in changes else {})) for n in names
    )
    own = Ablation(name="x", question="?", reference=names[-1], variants=variants, **facts)
    return Experiment(own, profiles.tiny(), asked, benchmarks=None, command=())


def packed(**prints):
    """The packed data of each variant, by its fingerprint."""
    return {
        f"pack/{name}": SimpleNamespace(marker=SimpleNamespace(fingerprint=print_))
        for name, print_ in prints.items()
    }


def guarded(own, made):
    """What is left of the variants, and what was warned of."""
    warnings = []
    left = differing(own, made, warnings.append)
    return [variant.name for variant in left.variants], warnings


def test_variants_that_differ_pass():
    assert guarded(experiment(), packed(a="1", b="2", c="3")) == (["a", "b", "c"], [])


def test_one_variant_alone_passes():
    assert guarded(experiment(asked=("c",)), packed(c="1")) == (["c"], [])


def test_the_same_variants_are_named_and_the_way_out_too():
    with pytest.raises(ConfigError, match="variants c and a of x would train the same") as caught:
        guarded(experiment(), packed(a="1", b="2", c="1"))
    assert "--variants c,b" in caught.value.hint
    assert "identical_data=True" in caught.value.hint
    assert "b" not in caught.value.message.partition(" of ")[0].replace("variants", "")


def test_every_group_is_named():
    with pytest.raises(ConfigError, match="variants d and b; a and c of x"):
        guarded(experiment("abcd"), packed(a="1", b="2", c="1", d="2"))


def test_no_choice_is_offered_where_all_are_the_same():
    with pytest.raises(ConfigError, match="variants c and a and b") as caught:
        guarded(experiment(), packed(a="1", b="1", c="1"))
    assert "--variants" not in caught.value.hint


@pytest.mark.parametrize("change", [learning_rate, base_seed, likelihood_only])
def test_the_same_rows_with_another_recipe_pass(change):
    own = experiment("ab", changes={"a": change})
    assert guarded(own, packed(a="1", b="1")) == (["a", "b"], [])
    same = experiment("ab", changes={"a": change, "b": change})
    with pytest.raises(ConfigError, match="b and a"):
        guarded(same, packed(a="1", b="1"))


@pytest.mark.parametrize(
    ("field", "value"), [("checkpoint_every", 5), ("max_tokens", 4000), ("packing", False)]
)
def test_a_field_of_training_that_changes_no_weight_is_no_difference(field, value):
    def change(config):
        train = msgspec.structs.replace(config.train, **{field: value})
        return msgspec.structs.replace(config, train=train)

    own = experiment("ab", changes={"a": change})
    with pytest.raises(ConfigError, match="b and a"):
        guarded(own, packed(a="1", b="1"))
    assert guarded(own, packed(a="1", b="2")) == (["a", "b"], [])


def test_an_ablation_may_allow_it():
    own = experiment("ab", identical_data=True)
    assert guarded(own, packed(a="1", b="1")) == (["a", "b"], [])


LADDER = {"a": "0", "b": "9", "c": "9", "d": "9"}


@pytest.mark.parametrize("asked", [(), ("all",)])
def test_a_ladder_leaves_out_rungs_that_repeat_and_keeps_its_reference(asked):
    left, warnings = guarded(experiment("abcd", asked, ladder=True), packed(**LADDER))
    assert left == ["a", "d"]
    assert warnings == ["b, c: the same rows as d, left out"]


def test_a_rung_that_is_asked_for_by_name_is_refused():
    with pytest.raises(ConfigError, match="variants d and b"):
        guarded(experiment("abcd", ("a", "b"), ladder=True), packed(**LADDER))


def test_a_ladder_of_equal_rungs_is_refused():
    with pytest.raises(ConfigError, match="variants b and a"):
        guarded(experiment("ab", ladder=True), packed(a="1", b="1"))


def test_the_nodes_of_those_that_stay_keep_their_names():
    own = experiment("abcd")
    assert set(own.without({"a"}).data_names()) < set(own.data_names())
