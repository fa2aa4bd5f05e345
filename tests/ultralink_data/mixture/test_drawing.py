"""How many rows of each dataset a mixture draws, which, and how often."""

from collections import Counter

import msgspec
import pytest

from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.mixture import drawing
from ultralink_data.mixture.drawing import apportioned, dataset_of, draw
from ultralink_data.mixture.mixture_config import Mixture, MixtureFault


def rows(kind: str, language: str, count: int) -> list[Dialogue]:
    return [
        Dialogue(
            id=f"{language}-{number}",
            language=language,
            kind=kind,
            turns=("q", "a" * (number + 1)),
            provenance=Provenance(source_id=f"problem-{number}"),
        )
        for number in range(count)
    ]


ONE = [*rows("math", "en", 60), *rows("math", "zh", 30), *rows("code", "en", 10)]
TWO = rows("chat_specific", "fr", 40)


def mixture(*datasets, **fields):
    named = [{"folder": "", "name": "ab"[n]} | one for n, one in enumerate(datasets)]
    return msgspec.convert({"datasets": named} | fields, Mixture)


def tokens_of(dialogues):
    """One token a character of the answer."""
    return [len(row.turns[1]) for row in dialogues]


def drawn(mixed, seed=0, given=(ONE, TWO)):
    drawn = draw([lambda rows=rows: iter(rows) for rows in given], mixed, seed, tokens_of)
    found = [*drawn.rows()]
    return found, {(c.dataset, c.language, c.kind): c for c in drawn.cells()}


def counts(found):
    return Counter((dataset_of(row), row.language, row.kind) for row in found)


def test_without_more_words_every_row_of_every_dataset_is_there_once():
    found, cells = drawn(mixture({}, {}))
    assert sorted(row.id for row in found) == sorted(
        [f"a/{row.id}" for row in ONE] + [f"b/{row.id}" for row in TWO]
    )
    assert all(cell.repeated == 0 and cell.taken == cell.available for cell in cells.values())
    assert cells["b", "fr", "chat_specific"].tokens == sum(range(1, 41))


def test_weights_are_exact_shares_and_languages_keep_their_balance():
    # 80 rows: 3 : 1 is 60 and 20; of the 60, 60 % English math, 30 % Chinese, 10 % code.
    found, _ = drawn(mixture({"weight": 3.0}, {"weight": 1.0}, rows=80))
    assert counts(found) == {
        ("a", "en", "math"): 36,
        ("a", "zh", "math"): 18,
        ("a", "en", "code"): 6,
        ("b", "fr", "chat_specific"): 20,
    }
    assert max(Counter((row.language, row.kind, row.id) for row in found).values()) == 1


def test_weights_of_tokens_draw_tokens():
    # 40 rows of 1 to 40 tokens are 820; a has 1,830 + 465 + 55 = 2,350 tokens.
    _, cells = drawn(mixture({"weight": 1.0}, {"weight": 1.0}, tokens=1000))
    of_b = cells["b", "fr", "chat_specific"].tokens
    of_a = sum(cell.tokens for name, cell in cells.items() if name[0] == "a")
    # Whole rows are drawn until the next would be over: less than the longest of each cell is left.
    assert 500 - 40 < of_b <= 500
    assert 500 - (60 + 30 + 10) < of_a <= 500


def test_a_dataset_of_weight_0_is_left_out():
    found, _ = drawn(mixture({"weight": 0}, {"weight": 2}))
    assert counts(found) == {("b", "fr", "chat_specific"): 40}


def test_rows_that_are_asked_more_often_than_they_are_there_are_copies():
    found, cells = drawn(mixture({"weight": 1.0}, {"weight": 1.0}, rows=180, repeats=3))
    cell = cells["b", "fr", "chat_specific"]
    assert (cell.taken, cell.repeated) == (40, 50)  # 90 = 40 + 40 + 10
    again = Counter(row.id.partition("~")[0] for row in found if row.id.startswith("b/"))
    assert sorted(again.values()) == [2] * 30 + [3] * 10
    ids = [(row.language, row.kind, row.id) for row in found]
    assert len(set(ids)) == len(ids) == 180
    assert cell.tokens == sum(tokens_of(row for row in found if row.id.startswith("b/")))


@pytest.mark.parametrize(
    ("epochs", "taken", "repeated"), [(1.0, 40, 0), (0.5, 20, 0), (2.0, 40, 40), (2.25, 40, 50)]
)
def test_epochs_are_passes_over_the_rows(epochs, taken, repeated):
    _, cells = drawn(mixture({}, {"epochs": epochs}))
    cell = cells["b", "fr", "chat_specific"]
    assert (cell.taken, cell.repeated) == (taken, repeated)


def test_epochs_repeat_the_rows_that_a_budget_has_left():
    found, cells = drawn(mixture({}, {"epochs": 3, "budgets": [{"rows": 7}]}))
    assert (cells["b", "fr", "chat_specific"].taken, counts(found)["b", "fr", "chat_specific"]) == (
        7,
        21,
    )


def test_the_budget_that_names_most_of_a_cell_counts():
    budgets = [
        {"rows": 9},
        {"kind": "math", "rows": 5},
        {"kind": "math", "language": "zh", "rows": 2},
    ]
    found, _ = drawn(mixture({"budgets": budgets}, {}))
    assert counts(found) == {
        ("a", "en", "math"): 5,
        ("a", "zh", "math"): 2,
        ("a", "en", "code"): 9,
        ("b", "fr", "chat_specific"): 40,
    }


def test_a_budget_of_tokens_is_filled_from_the_front_and_never_passed():
    for most in (0, 1, 50, 819, 820):
        _, cells = drawn(mixture({}, {"budgets": [{"tokens": most}]}))
        assert most - 40 < cells["b", "fr", "chat_specific"].tokens <= most
    assert cells["b", "fr", "chat_specific"].tokens == 820


def test_rows_of_one_source_are_drawn_in_the_order_of_their_ids():
    names = ["ä", "z", "a~", "a", "😀", "\uffff", "b", "a/"]
    same = [
        msgspec.structs.replace(row, id=name, provenance=Provenance(source_id="one problem"))
        for row, name in zip(rows("math", "en", len(names)), names, strict=True)
    ]
    for count in range(1, len(names)):
        found, _ = drawn(mixture({"budgets": [{"rows": count}]}), given=[same])
        assert {row.id for row in found} == {f"a/{name}" for name in sorted(names)[:count]}


def test_a_seed_draws_the_same_and_another_draws_others():
    mixed = mixture({"budgets": [{"rows": 10}]}, {"budgets": [{"rows": 10}]})
    first, again, other = (drawn(mixed, seed)[0] for seed in (1, 1, 2))
    assert first == again
    assert {row.id for row in first} != {row.id for row in other}
    assert counts(first) == counts(other)
    whole = mixture({}, {})
    assert {r.id for r in drawn(whole, 1)[0]} == {r.id for r in drawn(whole, 2)[0]}


def test_a_smaller_budget_is_part_of_a_larger_and_languages_have_the_same_problems():
    def problems(count, language):
        found, _ = drawn(mixture({"budgets": [{"rows": count}]}, {}))
        return {
            row.provenance.source_id
            for row in found
            if (row.language, row.kind) == (language, "math")
        }

    assert problems(5, "zh") < problems(9, "zh")
    # Of the 60 English problems, those that Chinese has come in the same order.
    both = {f"problem-{number}" for number in range(30)}
    assert problems(9, "en") & both <= problems(9, "zh")


@pytest.mark.parametrize(
    ("datasets", "fields", "place", "said"),
    [
        (({"weight": 0}, {"weight": 0}), {}, ("datasets", 0, "weight"), "sum to 0"),
        (({"weight": 1}, {}), {}, ("datasets", 1), "b has no weight"),
        (
            ({}, {"budgets": [{"rows": 5}, {"rows": 90, "language": "fr"}]}),
            {},
            ("datasets", 1, "budgets", 1, "rows"),
            "90 rows of fr chat_specific is more than there is (40 rows): a row would stand there "
            "3 times, and repeats is 1",
        ),
        (
            ({}, {"budgets": [{"tokens": 821}]}),
            {},
            ("datasets", 1, "budgets", 0, "tokens"),
            "821 tokens of fr",
        ),
        (
            ({}, {"budgets": [{"kind": "math", "rows": 1}]}),
            {},
            ("datasets", 1, "budgets", 0),
            "a budget of math: dataset b has no such row",
        ),
        (({"weight": 1}, {"weight": 9}), {}, ("datasets", 1, "weight"), "repeats is 1"),
        (({}, {}), {"rows": 141}, ("rows",), "repeats is 1"),
        (({"epochs": 2}, {}), {"rows": 5}, ("datasets", 0, "epochs"), "give one of them"),
        (({}, {}), {"rows": 5, "tokens": 5}, ("tokens",), "not both"),
        (({"stage": 1}, {}), {}, ("datasets", 0, "stage"), "order is 'shuffled'"),
        (({"stage": 1}, {}), {"order": "stages"}, ("datasets", 1), "stage of dataset b is missing"),
        (({}, {"name": "a"}), {}, ("datasets", 1, "name"), "called 'a'"),
        (
            ({"budgets": [{"kind": "math", "rows": 1}, {"language": "en", "rows": 1}]}, {}),
            {},
            ("datasets", 0, "budgets", 1),
            "two budgets fit",
        ),
        (({"epochs": 0}, {"epochs": 0}), {}, ("datasets", 0), "no row is drawn"),
    ],
)
def test_what_does_not_go_together_is_told_with_its_place(datasets, fields, place, said):
    with pytest.raises(MixtureFault) as fault:
        drawn(mixture(*datasets, **fields))
    assert said in fault.value.message
    assert fault.value.place == place


def test_datasets_are_read_row_by_row_and_only_tokens_that_count_are_asked_for(monkeypatch):
    monkeypatch.setattr(drawing, "_BATCH", 4)
    read, asked = [], []

    def watched(rows):
        read.append(0)
        for row in rows:
            read[-1] += 1
            yield row

    def counted(dialogues):
        asked.append([(row.kind, row.id) for row in dialogues])
        return tokens_of(dialogues)

    mixed = mixture({"budgets": [{"kind": "code", "tokens": 30}, {"kind": "math", "rows": 4}]}, {})
    given = [lambda rows=rows: watched(rows) for rows in (ONE, TWO)]
    drawn = draw(given, mixed, 0, counted)
    assert read == [100, 40]
    code = {("code", row.id) for row in ONE if row.kind == "code"}
    assert {name for names in asked for name in names} == code
    asked.clear()
    rows = drawn.rows()
    first = next(rows)
    assert read[2:] < [100]  # the first is there long before the last is read
    found = Counter((dataset_of(row), row.kind) for row in (first, *rows))
    (of_code,) = (cell for cell in drawn.cells() if cell.kind == "code")
    assert 20 < of_code.tokens <= 30
    assert found == {
        ("a", "math"): 8,
        ("a", "code"): of_code.taken,
        ("b", "chat_specific"): 40,
    }
    assert all(len(names) <= 4 for names in asked)
    assert not code & {name for names in asked for name in names}  # they were counted before


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (10, [1, 1, 1], [4, 3, 3]),
        (100, [0.1, 0.2, 0.7], [10, 20, 70]),
        (7, [3, 0, 4], [3, 0, 4]),
        (5, [0, 0], [0, 0]),
        (0, [1, 2], [0, 0]),
        (1_000_003, [2, 1], [666_669, 333_334]),
    ],
)
def test_shares_are_whole_and_add_up(total, weights, shares):
    assert apportioned(total, weights) == shares
