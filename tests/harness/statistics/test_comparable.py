"""Records that were not asked the same are not compared; what is not known is named."""

import msgspec
import pytest
from report_examples import cell, record

from harness.statistics.comparable import check_comparable
from leaderboard.records import RunRecord
from ultralink_data.errors import DataError

TASK = "starter_math"


def made(*, generation: dict | None = None, **changes) -> RunRecord:
    first = record()
    settings = msgspec.structs.replace(first.generation, temperature={TASK: 0.0})
    settings = msgspec.structs.replace(settings, **(generation or {}))
    return msgspec.structs.replace(first, generation=settings, **changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"profile": "tiny"}, "of profile starter, another of profile tiny"),
        ({"protocols": {TASK: "chat"}}, f"{TASK} was asked with protocol 'direct' in one and"),
        ({"task_versions": {TASK: "2"}}, f"{TASK} was asked with version '1' in one and '2'"),
        ({"prompts_hash": "q"}, "one record was made with prompts_hash 'pppppppp', another with"),
        ({"generation": {"temperature": {TASK: 0.2}}}, "temperature 0.0 in one and 0.2 in the"),
        ({"generation": {"max_tokens": {TASK: 97}}}, "with max_tokens 96 in one and 97 in the"),
        ({"generation": {"thinking": {TASK: "off"}}}, "thinking 'default' in one and 'off' in the"),
        ({"generation": {"samples_per_problem": 5}}, "samples_per_problem 1, another with 5"),
        ({"generation": {"max_length": 2048}}, "with max_length 512, another with 2048"),
        ({"generation": {"dtype": "bfloat16"}}, "with dtype 'float32', another with 'bfloat16'"),
    ],
)
def test_what_was_asked_in_another_way_is_refused(changes, message):
    with pytest.raises(DataError, match=message) as caught:
        check_comparable([made(), made(), made(**changes)])
    assert caught.value.hint
    with pytest.raises(DataError):
        check_comparable([made(**changes), made()])


def test_equal_records_have_nothing_to_be_told():
    assert check_comparable([made(), made(seed=5, model_fingerprint="x")]) == ()
    assert check_comparable([made()]) == ()


@pytest.mark.parametrize(
    ("temperature", "refused"), [(0.0, False), (0.7, True)], ids=["greedy", "sampled"]
)
def test_top_p_counts_where_something_is_sampled(temperature, refused):
    pair = [
        made(generation={"temperature": {TASK: temperature}, "top_p": top_p})
        for top_p in (1.0, 0.9)
    ]
    if refused:
        with pytest.raises(DataError, match=r"with top_p 1\.0, another with 0\.9"):
            check_comparable(pair)
    else:
        assert check_comparable(pair) == ()


def test_settings_of_a_task_that_only_one_has_do_not_count():
    more = made(
        generation={"temperature": {TASK: 0.0, "mgsm": 1.0}, "max_tokens": {TASK: 96, "mgsm": 9}},
        protocols={TASK: "direct", "mgsm": "direct"},
        task_versions={TASK: "1", "mgsm": "1"},
    )
    assert check_comparable([made(), more]) == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"generation": {"max_length": None}}, "max_length is 512 in one record and not known"),
        ({"generation": {"dtype": "n/a"}}, "dtype is 'float32' in one record and not known"),
        ({"config": {"left_out": ["seed"]}}, "seed was sent in one record and not taken"),
        ({"backend": "vllm"}, "by backend hf, another by vllm"),
        ({"cells": (cell(language="fr"),), "prompts_hash": "q"}, "that their prompts agree is not"),
    ],
)
def test_what_is_not_known_of_one_record_is_named_once(changes, said):
    (sentence,) = check_comparable([made(), made(**changes), made(**changes)])
    assert said in sentence
