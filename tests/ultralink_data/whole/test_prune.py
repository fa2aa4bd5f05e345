"""Pruning: English and chats whole, nested rungs, the same problems in every language."""

import random
from collections import Counter
from fractions import Fraction
from itertools import pairwise

import msgspec
import pytest
from dialogue_samples import dialogue, parallel

from ultralink_data.dialogue import Provenance
from ultralink_data.whole.prune import TRANSLATED_KINDS, problems, prune, rows_kept
from ultralink_data.whole.prune_config import parse_keep

ROWS = parallel(40, rows_each=2)
EIGHTH, FOURTH, HALF = (Fraction(1, n) for n in (8, 4, 2))


def pruned(rows, keep, seed=0):
    """What is kept of the rows that pruning touches."""
    kept = prune(rows, keep, seed)
    return [d for d in kept if d.language != "en" and d.kind in TRANSLATED_KINDS]


def sources(rows, language):
    return {d.provenance.source_id for d in rows if d.language == language}


@pytest.mark.parametrize("keep", [0, 7, EIGHTH, None])
def test_english_and_chats_stay_whole(keep):
    whole = {d.id for d in ROWS if d.language == "en" or d.kind not in TRANSLATED_KINDS}
    assert whole <= {d.id for d in prune(ROWS, keep, 0)}


def test_keep_counts_rows_of_each_language_and_kind():
    counts = Counter((d.language, d.kind) for d in pruned(ROWS, EIGHTH))
    cells = [("fr", "code"), ("fr", "math"), ("zh", "code"), ("zh", "math")]
    assert counts == dict.fromkeys(cells, 10)
    assert pruned(ROWS, 0) == []
    assert len(prune(ROWS, None, 0)) == len(ROWS)


def test_fractions_are_nested():
    rungs = [{d.id for d in prune(ROWS, keep, 3)} for keep in (0, EIGHTH, FOURTH, HALF, None)]
    for small, large in pairwise(rungs):
        assert small < large


def test_numbers_of_rows_are_nested():
    rows = parallel(4500, languages=("zh",))
    rungs = [{d.id for d in pruned(rows, parse_keep(keep))} for keep in ("2k", "4k", "all")]
    assert [len(rung) for rung in rungs] == [4000, 8000, 9000]
    assert rungs[0] < rungs[1] < rungs[2]


def test_no_source_gives_a_second_row_before_all_gave_one():
    half = pruned(ROWS, HALF)
    assert sources(half, "zh") == sources(pruned(ROWS, None), "zh")
    per_source = Counter(d.provenance.source_id for d in pruned(ROWS, EIGHTH) if d.kind == "math")
    assert set(per_source.values()) == {2}  # one in each of two languages


def test_every_language_keeps_the_same_problems():
    kept = pruned(ROWS, FOURTH)
    assert sources(kept, "zh") == sources(kept, "fr")
    assert 0 < len(sources(kept, "zh")) < 80


def test_every_language_keeps_translations_of_the_same_rows():
    kept = pruned(ROWS, FOURTH)
    parents = [
        {d.provenance.parent_id for d in kept if d.language == lang} for lang in ("zh", "fr")
    ]
    assert parents[0] == parents[1]


def test_the_seed_changes_the_choice():
    choices = {frozenset(d.id for d in pruned(ROWS, EIGHTH, seed)) for seed in range(5)}
    assert len(choices) == 5


def test_the_seed_changes_which_problems_stay_and_not_only_which_of_their_rows():
    rows = parallel(40, rows_each=1)
    kept = [frozenset(sources(pruned(rows, EIGHTH, seed), "zh")) for seed in range(5)]
    assert len(set(kept)) == 5
    assert {len(found) for found in kept} == {10}


def test_by_similarity_the_seed_says_where_the_order_begins():
    rows = parallel(40, rows_each=1)
    first = [
        frozenset(d.id for d in prune(rows, 1, seed, "similarity") if d.language == "zh")
        for seed in range(6)
    ]
    assert len(set(first)) > 1


def test_file_order_does_not_change_what_is_kept():
    shuffled = random.Random(0).sample(ROWS, len(ROWS))
    assert prune(shuffled, EIGHTH, 0) == prune(ROWS, EIGHTH, 0)


def test_other_languages_do_not_change_what_is_kept():
    alone = prune([d for d in ROWS if d.language == "zh"], EIGHTH, 0)
    assert alone == [d for d in prune(ROWS, EIGHTH, 0) if d.language == "zh"]


def test_more_rows_asked_for_than_there_are_keeps_all():
    assert len(prune(ROWS, 10**6, 0)) == len(ROWS)


def test_a_released_row_without_provenance_is_its_own_source():
    rows = [dialogue(str(n), "zh", source=f"zh_math_{n}") for n in range(16)]
    assert len(prune(rows, EIGHTH, 0)) == 2


@pytest.mark.parametrize(
    ("text", "keep"),
    [
        ("all", None),
        (" ALL ", None),
        ("1", None),
        ("0", 0),
        ("2000", 2000),
        ("2k", 2000),
        ("32K", 32000),
        ("1/8", EIGHTH),
        ("1/1", Fraction(1)),
        ("0/3", Fraction(0)),
    ],
)
def test_ways_to_say_how_much_is_kept(text, keep):
    assert parse_keep(text) == keep


@pytest.mark.parametrize(
    "text", ["", "k", "-1", "-2k", "3/2", "-1/8", "1/0", "0.5", "1.5k", "1/8k", "half", "1/2/3"]
)
def test_anything_else_is_refused_with_its_value(text):
    with pytest.raises(ValueError, match="keep must be") as caught:
        parse_keep(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("available", "keep", "kept"),
    [(80, EIGHTH, 10), (81, EIGHTH, 11), (1, EIGHTH, 1), (0, EIGHTH, 0), (5, 3, 3), (5, 9, 5)],
)
def test_a_fraction_above_zero_keeps_at_least_one_row(available, keep, kept):
    assert rows_kept(available, keep) == kept


# By similarity

THEMES = (
    "apples pears baskets fruit market stall",
    "trains miles hours speed stations track",
    "angles circles radius degrees arcs chord",
    "wages taxes salary employer months income",
    "chess knights boards queen pieces moves",
)


def themed(problems=60, languages=("en", "zh", "fr")):
    """Parallel math rows, most about one theme: a seeded draw misses the others."""
    rows = []
    for number in range(problems):
        dice = random.Random(number)
        theme = THEMES[number % 5 if number < 10 else 0]
        said = f"{theme} " + " ".join(dice.choices("abcdefgh", k=2))
        for language in languages:
            parent = None if language == "en" else f"en_math_{number}"
            turns = (f"{said} {language}", "answer")
            rows.append(dialogue(str(number), language, turns=turns, parent=parent))
    return rows


def kept_of(rows, keep, language="fr", seed=0):
    kept = prune(rows, keep, seed, "similarity")
    return [d for d in kept if (d.language, d.kind) == (language, "math")]


def themes_of(rows):
    return {" ".join(row.turns[0].split()[:6]) for row in rows}


@pytest.mark.parametrize("seed", range(5))
def test_by_similarity_few_rows_hold_all_themes(seed):
    rows = themed()
    assert themes_of(kept_of(rows, 6, seed=seed)) == set(THEMES)
    drawn = [d for d in prune(rows, 6, seed) if d.language == "fr"]
    assert len(themes_of(drawn)) < 5


def test_by_similarity_every_language_keeps_the_same_problems():
    rows = themed()
    assert sources(kept_of(rows, EIGHTH), "fr") == sources(kept_of(rows, EIGHTH, "zh"), "zh")
    assert len(kept_of(rows, EIGHTH)) == 8


def test_by_similarity_rows_that_name_no_parent_go_by_their_problem():
    rows = [
        msgspec.structs.replace(d, provenance=Provenance(source_id=d.provenance.source_id))
        for d in themed()
    ]
    assert sources(kept_of(rows, 6), "fr") == sources(kept_of(rows, 6, "zh"), "zh")
    assert themes_of(kept_of(rows, 6)) == set(THEMES)


def test_by_similarity_rungs_are_nested():
    rungs = [{d.id for d in kept_of(themed(), keep)} for keep in (0, 3, EIGHTH, HALF, None)]
    for small, large in pairwise(rungs):
        assert small < large


def test_by_similarity_what_is_kept_depends_on_the_seed_and_not_on_file_order():
    rows = themed()
    shuffled = random.Random(0).sample(rows, len(rows))
    assert prune(shuffled, EIGHTH, 0, "similarity") == prune(rows, EIGHTH, 0, "similarity")
    assert len({frozenset(d.id for d in kept_of(rows, 6, seed=seed)) for seed in range(5)}) > 1


def test_by_similarity_a_language_that_lacks_rows_goes_on_with_the_next():
    rows = themed()
    first = kept_of(rows, 6)
    without = [d for d in rows if d not in first[:3]]
    kept = kept_of(without, 6)
    assert len(kept) == 6
    assert {d.id for d in first[3:]} < {d.id for d in kept}
    assert {d.id for d in kept_of(without, 6, "zh")} == {d.id for d in kept_of(rows, 6, "zh")}


def test_by_similarity_without_english_the_fullest_language_decides():
    rows = [d for d in themed() if d.language != "en"]
    assert sources(kept_of(rows, 6), "fr") == sources(kept_of(rows, 6, "zh"), "zh")
    assert themes_of(kept_of(rows, 6)) == set(THEMES)


def test_by_similarity_rows_of_one_parent_come_after_all_parents():
    rows = [*themed(), *(dialogue(f"{n}b", "fr", parent=f"en_math_{n}") for n in range(60))]
    half = kept_of(rows, 60)
    assert len({d.provenance.parent_id for d in half}) == 60
    assert len(kept_of(rows, None)) == 120
    assert len({d.id for d in kept_of(rows, 90)}) == 90


@pytest.mark.parametrize("keep", [0, 7, EIGHTH, None])
def test_by_similarity_english_and_chats_stay_whole(keep):
    whole = {d.id for d in ROWS if d.language == "en" or d.kind not in TRANSLATED_KINDS}
    kept = {d.id for d in prune(ROWS, keep, 0, "similarity")}
    assert whole <= kept
    assert len(kept - whole) == 4 * rows_kept(80, keep)


def test_source_problems_are_counted_by_language_and_kind():
    found = problems([*ROWS, dialogue("x", "fr", "chat_agnostic")])
    assert {(x.rows, x.problems, x.most_rows) for x in found} == {(80, 40, 2)}
    assert len(found) == 6
