"""The guard before training: what counts as the same, and what happens then."""

from types import SimpleNamespace

import msgspec
import numpy as np
import pytest

from harness.experiment import profiles
from harness.experiment.ablation import Ablation, Variant
from harness.experiment.differing import differing
from harness.experiment.nodes import Experiment
from train.packed import CellCount, PackCounts, Packed
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


def experiment(names="abc", asked=(), changes=None, after=None, **facts):
    changes, after = changes or {}, after or {}
    variants = tuple(
        Variant(
            name=n,
            label=n,
            after=after.get(n, ""),
            **({"change": changes[n]} if n in changes else {}),
        )
        for n in names
    )
    own = Ablation(name="x", question="?", reference=names[-1], variants=variants, **facts)
    return Experiment(own, profiles.tiny(), asked, benchmarks=None, command=())


def written(folder, text):
    """A packed dataset: letters are tokens, learned if large; blanks and "/" end rows, sequences.

    A digit alone is a row that differs from those of other digits.
    """
    sequences = [sequence.split() for sequence in text.split("/")]
    rows = [f"a{row}B" if row.isdigit() else row for sequence in sequences for row in sequence]
    ids = np.frombuffer("".join(rows).lower().encode(), np.uint8).astype(np.int32)
    loss = np.array([token.isupper() for token in "".join(rows)])
    cell = CellCount(
        language="es", kind="math", rows=len(rows), tokens=len(ids), loss_tokens=int(loss.sum())
    )
    Packed(
        ids=ids,
        loss=loss,
        segment_tokens=np.array([len(row) for row in rows], np.int32),
        segment_cell=np.zeros(len(rows), np.int32),
        sequence_segments=np.array([len(sequence) for sequence in sequences], np.int32),
        counts=PackCounts(
            cells=(cell,), sequences=len(sequences), max_tokens=len(folder.name), tokenizer=""
        ),
    ).save(folder)


@pytest.fixture
def packed(tmp_path):
    """Call it for the packed data of variants; `written` says how a text becomes rows."""

    def made(**texts):
        for name, text in texts.items():
            written(tmp_path / name, text)
        marker = SimpleNamespace(fingerprint="")  # what it is under when it is kept
        return {
            f"pack/{name}": SimpleNamespace(path=tmp_path / name, marker=marker) for name in texts
        }

    return made


def guarded(own, made):
    """What is left of the variants, and what was warned of."""
    warnings = []
    left = differing(own, made, warnings.append)
    return [variant.name for variant in left.variants], warnings


def test_variants_that_differ_pass(packed):
    assert guarded(experiment(), packed(a="1", b="2", c="3")) == (["a", "b", "c"], [])


def test_one_variant_alone_passes(packed):
    assert guarded(experiment(asked=("c",)), packed(c="1")) == (["c"], [])


def test_the_same_variants_are_named_and_the_way_out_too(packed):
    with pytest.raises(ConfigError, match="variants c and a of x would train the same") as caught:
        guarded(experiment(), packed(a="1", b="2", c="1"))
    assert "--variants c,b" in caught.value.hint
    assert "identical_data=True" in caught.value.hint
    assert "b" not in caught.value.message.partition(" of ")[0].replace("variants", "")


def test_every_group_is_named(packed):
    with pytest.raises(ConfigError, match="variants d and b; a and c of x"):
        guarded(experiment("abcd"), packed(a="1", b="2", c="1", d="2"))


def test_no_choice_is_offered_where_all_are_the_same(packed):
    with pytest.raises(ConfigError, match="variants c and a and b") as caught:
        guarded(experiment(), packed(a="1", b="1", c="1"))
    assert "--variants" not in caught.value.hint


@pytest.mark.parametrize("change", [learning_rate, base_seed, likelihood_only])
def test_the_same_rows_with_another_recipe_pass(change, packed):
    own = experiment("ab", changes={"a": change})
    assert guarded(own, packed(a="1", b="1")) == (["a", "b"], [])
    same = experiment("ab", changes={"a": change, "b": change})
    with pytest.raises(ConfigError, match="b and a"):
        guarded(same, packed(a="1", b="1"))


@pytest.mark.parametrize("shard", [False, True])
def test_trainings_in_several_processes_are_held_against_each_other_too(shard, packed):
    several = training(devices=4, shard=shard, micro_batch=1, sequences_per_step=8)
    both = experiment("ab", changes={"a": several, "b": several})
    assert guarded(both, packed(a="1", b="2")) == (["a", "b"], [])
    with pytest.raises(ConfigError, match="b and a"):
        guarded(both, packed(a="1", b="1"))
    alone = training(micro_batch=1, sequences_per_step=8)
    one = experiment("ab", changes={"a": several, "b": alone})
    assert guarded(one, packed(a="1", b="1")) == (["a", "b"], [])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("checkpoint_every", 5),
        ("max_tokens", 4000),
        ("packing", False),
        ("packing_order", "hash"),
        ("overlong", "drop"),
    ],
)
def test_a_field_of_training_that_changes_no_weight_is_no_difference(field, value, packed):
    own = experiment("ab", changes={"a": training(**{field: value})})
    with pytest.raises(ConfigError, match="b and a"):
        guarded(own, packed(a="1", b="1"))
    assert guarded(own, packed(a="1", b="2")) == (["a", "b"], [])


def training(**fields):
    def change(config):
        train = msgspec.structs.replace(config.train, **fields)
        return msgspec.structs.replace(config, train=train)

    return change


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("aB cD", "aB cDe"),  # cut after what is learned
        ("aB/cD", "aBx/cDy"),
        ("aBcD", "aBcDefg"),
    ],
)
def test_rows_cut_at_another_place_after_what_is_learned_are_the_same(one, other, packed):
    with pytest.raises(ConfigError, match="b and a"):
        guarded(experiment("ab"), packed(a=one, b=other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("aB cD", "aB cDE"),
        ("aB cD", "aB xD"),
        ("aB cD", "aB cd"),
        ("aB cD", "aB/cD"),  # the same rows in other sequences make other steps
        ("aB cD", "aBcD"),  # one row
        ("aBcD", "aBxD"),  # not learned, but seen by what is
        ("aB/cD", "cD/aB"),
    ],
)
def test_rows_that_differ_where_it_counts_pass(one, other, packed):
    assert guarded(experiment("ab"), packed(a=one, b=other)) == (["a", "b"], [])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        # Four sequences, one or two to a step.
        ({"epochs": 2}, {"steps": 4}, True),
        ({"epochs": 2}, {"steps": 3}, False),
        ({"epochs": 1, "sequences_per_step": 4}, {"epochs": 1, "sequences_per_step": 64}, True),
        ({"epochs": 2, "sequences_per_step": 4}, {"epochs": 2, "sequences_per_step": 64}, False),
        ({"epochs": 1, "sequences_per_step": 1}, {"epochs": 1, "sequences_per_step": 2}, False),
        ({"epochs": 2, "warmup_ratio": 0.1}, {"epochs": 2, "warmup_ratio": 0.2}, True),
        ({"epochs": 2, "warmup_ratio": 0.1}, {"epochs": 2, "warmup_ratio": 0.3}, False),
        ({"steps": 1, "schedule": "cosine"}, {"steps": 1, "schedule": "linear"}, True),
        ({"steps": 3, "schedule": "cosine"}, {"steps": 3, "schedule": "linear"}, False),
        (
            {"steps": 3, "schedule": "cosine", "warmup_ratio": 0.9},
            {"steps": 3, "schedule": "constant", "warmup_ratio": 0.8},
            True,
        ),
        ({"steps": 3, "template": "auto"}, {"steps": 3, "template": "chatml"}, True),
        ({"steps": 3, "micro_batch": 1}, {"steps": 3, "micro_batch": 2}, False),
        ({"steps": 3, "weight_decay": 0.0}, {"steps": 3, "weight_decay": 0.1}, False),
    ],
)
def test_trainings_are_compared_by_their_steps(one, other, same, packed):
    both = {"steps": None, "epochs": None, "sequences_per_step": 2, "micro_batch": 1}
    changes = {"a": training(**both | one), "b": training(**both | other)}
    made = packed(a="aB/cD/eF/gH", b="aB/cD/eF/gH")
    if same:
        with pytest.raises(ConfigError, match="b and a"):
            guarded(experiment("ab", changes=changes), made)
    else:
        assert guarded(experiment("ab", changes=changes), made) == (["a", "b"], [])


def test_how_often_the_training_of_a_base_is_saved_is_no_difference(packed):
    def change(config):
        saved = msgspec.structs.replace(config.model.micro.training, checkpoint_every=3)
        micro = msgspec.structs.replace(config.model.micro, training=saved)
        model = msgspec.structs.replace(config.model, micro=micro)
        return msgspec.structs.replace(config, model=model)

    with pytest.raises(ConfigError, match="b and a"):
        guarded(experiment("ab", changes={"a": change}), packed(a="1", b="1"))


def test_an_ablation_may_allow_it(packed):
    own = experiment("ab", identical_data=True)
    assert guarded(own, packed(a="1", b="1")) == (["a", "b"], [])


LADDER = {"a": "0", "b": "9", "c": "9", "d": "9"}


@pytest.mark.parametrize("asked", [(), ("all",)])
def test_a_ladder_leaves_out_rungs_that_repeat_and_keeps_its_reference(asked, packed):
    left, warnings = guarded(experiment("abcd", asked, ladder=True), packed(**LADDER))
    assert left == ["a", "d"]
    assert warnings == ["b, c: the same rows as d, left out"]


def test_a_rung_that_is_asked_for_by_name_is_refused(packed):
    with pytest.raises(ConfigError, match="variants d and b"):
        guarded(experiment("abcd", ("a", "b"), ladder=True), packed(**LADDER))


def test_a_ladder_of_equal_rungs_is_refused(packed):
    with pytest.raises(ConfigError, match="variants b and a"):
        guarded(experiment("ab", ladder=True), packed(a="1", b="1"))


def test_the_nodes_of_those_that_stay_keep_their_names():
    own = experiment("abcd")
    assert set(own.without({"a"}).data_names()) < set(own.data_names())


def test_the_same_rows_on_another_rounds_model_are_no_repeat(packed):
    made = packed(a="1", b="2", c="1")
    left, warnings = guarded(experiment("abc", after={"c": "b"}), made)
    assert (left, warnings) == (["a", "b", "c"], [])
    with pytest.raises(ConfigError, match="variants c and b of x"):
        guarded(experiment("abc", after={"b": "a", "c": "a"}), packed(a="1", b="2", c="2"))
