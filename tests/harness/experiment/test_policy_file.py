"""Policies are read strictly, and an error names file and line."""

import pytest

from harness.experiment.policy_file import read_policy
from harness.statistics.policy import Tier
from ultralink_data.errors import ConfigError, PrerequisiteError

WHOLE = """\
tier = "supporting"

[margins]
accuracy = 0.02
bpb = 0.01

[tasks.mgsm]
tier = "critical"
margin = 0.03

[tasks.mgsm.languages.fr]
margin = 0.05

[tasks.mgsm.languages.sw]
tier = "advisory"

[tasks."lm.task"]
metric = "acc"
"""


@pytest.fixture
def policy(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(WHOLE)
    return read_policy(path)


@pytest.mark.parametrize(
    ("task", "language", "tier"),
    [
        ("mgsm", "fr", Tier.CRITICAL),
        ("mgsm", "non-en", Tier.CRITICAL),
        ("mgsm", "sw", Tier.ADVISORY),
        ("lm.task", "en", Tier.SUPPORTING),
        ("other", "en", Tier.SUPPORTING),
    ],
)
def test_the_nearest_tier_holds(policy, task, language, tier):
    assert policy.tier_of(task, language) is tier


def test_the_nearest_margin_holds_for_the_metric_that_decides(policy):
    def margin(task, language, scale="accuracy", decides=True):
        return policy.margin_of(task, language, scale, decides=decides)

    assert margin("mgsm", "fr") == 0.05
    assert margin("mgsm", "zh") == 0.03
    assert margin("mgsm", "fr", decides=False) == 0.02
    assert margin("mgsm", "fr", "bpb", decides=False) == 0.01
    assert margin("other", "fr") == 0.02
    assert margin("other", "fr", "score") is None
    assert policy.has_margins


def test_the_metric_of_the_policy_decides_else_the_primary_one(policy):
    assert policy.decides("mgsm", "exact_match", primary=True)
    assert policy.decides("lm.task", "acc", primary=False)
    assert not policy.decides("lm.task", "acc_norm", primary=True)


def test_without_a_file_everything_is_critical():
    policy = read_policy(None)
    assert policy.tier_of("mgsm", "fr") is Tier.CRITICAL
    assert not policy.has_margins
    assert policy.named_cells() == []


def test_named_cells_are_languages_or_whole_tasks(policy):
    assert policy.named_cells() == [("mgsm", "fr"), ("mgsm", "sw"), ("lm.task", "")]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('"supporting"', '"suporting"', 1, "tier: Invalid enum value 'suporting', known: critical"),
        ("accuracy = 0.02", "accuracy = -1", 4, "margin accuracy must be > 0"),
        ("bpb = 0.01", "bpb = 2", 5, "margin bpb must be under 1"),
        ("margin = 0.03", "margin = 3", 9, "tasks.mgsm.margin: margin 3 is the whole scale"),
        ("margin = 0.05", "margin = 5", 12, "fr.margin: margin 5 is the whole scale: two points"),
        ("bpb = 0.01", 'bpb = "wide"', 5, "margins.bpb: Expected `float"),
        ('tier = "critical"', "teir = 1", 8, "tasks.mgsm.teir: Object contains unknown field"),
        ("margin = 0.03", "margin = 0", 9, "tasks.mgsm.margin: margin must be > 0, got 0"),
        ("margin = 0.05", "margin = nan", 12, "tasks.mgsm.languages.fr.margin: margin must be > 0"),
        ("[tasks.mgsm.languages.sw]", "[tasks.mgsm.languages]\nsw = 3", 15, "`sw` must be a table"),
        ("[margins]", "[margin]", 3, "margin: Object contains unknown field `margin`"),
        ('metric = "acc"', "metric == 3", 18, "not valid TOML"),
    ],
)
def test_errors_name_file_and_line(tmp_path, old, new, line, said):
    path = tmp_path / "policy.toml"
    assert old in WHOLE
    path.write_text(WHOLE.replace(old, new, 1))
    with pytest.raises(ConfigError) as error:
        read_policy(path)
    assert error.value.message.startswith(f"{path}:{line}: ")
    assert said in error.value.message


def test_a_missing_file_and_one_that_is_no_text_are_told(tmp_path):
    with pytest.raises(PrerequisiteError, match="no policy at"):
        read_policy(tmp_path / "none.toml")
    path = tmp_path / "policy.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_policy(path)
