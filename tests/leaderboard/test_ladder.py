"""Which variants are rungs of a ladder, and how their data differ from the reference's."""

import msgspec
from report_examples import report, variant

from leaderboard.ladder import ladder
from leaderboard.records import TokenCount
from leaderboard.variant_diff_tables import data_difference_table


def with_variants(*variants, reference):
    empty = {"effects": (), "scores": ()}
    return msgspec.structs.replace(report(), variants=variants, reference=reference, **empty)


def count(language, kind, rows):
    return TokenCount(language=language, kind=kind, rows=rows, tokens=10 * rows)


def named(name, *counts):
    return msgspec.structs.replace(variant(name), trained=counts)


def test_translated_rows_that_grow_are_a_ladder_whatever_fills_the_rest():
    none = named("none", count("en", "math", 500), count("zh", "chat_specific", 90))
    some = named("some", count("en", "math", 300), count("zh", "math", 20))
    whole = named("all", count("en", "math", 100), count("zh", "math", 20), count("es", "code", 5))
    found = ladder(with_variants(whole, none, some, reference="all"))
    assert found is not None
    assert found.what == "rows of translated math and code"
    assert found.rungs == (("none", 0), ("some", 20), ("all", 25))


def test_more_of_everything_is_a_ladder_of_rows():
    rungs = [
        named(str(n), count("en", "math", n), count("zh", "chat_specific", n)) for n in (1, 2, 3)
    ]
    found = ladder(with_variants(*rungs, reference="3"))
    assert found is not None
    assert found.what == "rows"
    assert found.rungs == (("1", 2), ("2", 4), ("3", 6))


def test_other_languages_in_each_variant_are_no_ladder():
    one, two = (named(x, count("en", "math", 9), count(x, "math", 9)) for x in ("zh", "es"))
    both = named("both", count("en", "math", 9), count("zh", "math", 30))
    assert ladder(with_variants(one, two, both, reference="both")) is None


def test_a_reference_in_the_middle_is_no_rung():
    without_zh = named("without-zh", count("en", "math", 46))
    every = named("every", count("en", "math", 23), count("zh", "math", 23))
    without_en = named("without-en", count("zh", "math", 46))
    assert ladder(with_variants(without_zh, every, without_en, reference="every")) is None


def test_two_variants_are_a_pair():
    assert ladder(report()) is None


def test_the_difference_of_data_has_rows_and_tokens_of_each_language_that_changed():
    table = data_difference_table(report())
    assert table is not None
    assert [column.name for column in table.columns] == ["Variant", "Language", "math", "all"]
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    assert texts == [
        ["0", "all", "-1000 / -95.0k", "-1000 / -95.0k"],
        ["0", "zh", "-1000 / -95.0k", "-1000 / -95.0k"],
    ]
    assert table.rows[0].cells[2].raw == -1000
    assert table.rows[0].cells[2].beside == (("tokens", -95_000),)


def test_equal_data_are_no_difference():
    one, other = named("a", count("en", "math", 5)), named("b", count("en", "math", 5))
    assert data_difference_table(with_variants(one, other, reference="a")) is None
