"""The gap as tables and as a sentence: shares are of the whole gap, and named places are shown."""

from leaderboard.gap_records import GapReport, GapSlice
from leaderboard.gap_tables import gap_sentence, gap_tables


def one(facet: str, value: str, percent: float, share: float, p_holm: float | None) -> GapSlice:
    return GapSlice(
        facet=facet,
        value=value,
        texts=20,
        clusters=20,
        bytes=1000,
        first=2.0,
        second=2.0 * (1 + percent / 100),
        percent=percent,
        low=percent - 1,
        high=percent + 1,
        p_holm=p_holm,
        share=share,
    )


def report(*slices: GapSlice) -> GapReport:
    return GapReport(
        schema=1,
        kind="gap",
        first="old",
        second="new",
        first_fingerprint="a",
        second_fingerprint="b",
        data="data",
        texts=20,
        left_out=0,
        slices=slices,
        command=(),
        versions={},
    )


WHOLE = one("all", "", 2.0, 0.02, 0.001)
CELLS = (
    one("language and kind", "zh code", 5.0, 0.03, 0.001),
    one("language and kind", "en math", -1.0, -0.01, 0.4),
)


def test_shares_of_a_facet_that_only_some_texts_have_are_of_the_whole():
    tables = gap_tables(report(WHOLE, one("topic", "list", 4.0, 0.005, 0.01)))
    assert tables[1].rows[0].cells[-1].text == "25 %"


def test_the_sentence_names_what_is_shown_to_differ():
    said = gap_sentence(report(WHOLE, *CELLS))
    assert said == "new needs +2.0 % [+1.0, +3.0] bits against old; most of it in zh code (+5.0 %)"


def test_the_sentence_names_no_place_that_is_not_shown():
    said = gap_sentence(report(WHOLE, CELLS[1]))
    assert said.endswith("; no language and kind is shown to differ")


def test_no_gap_is_said_as_such():
    said = gap_sentence(report(one("all", "", 0.0, 0.0, 1.0)))
    assert said == "new needs the same bits as old in every slice"
