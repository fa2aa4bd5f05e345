"""Published scores are as their source prints them, and rank only with what matches them."""

import csv
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

import leaderboard.published
from leaderboard.collection import load
from leaderboard.published.printed_scores import (
    published_averages,
    published_models,
    published_rows,
    published_sources,
)
from leaderboard.ranking import UNKNOWN, ranked_rows, rankings
from leaderboard.records import ALL_LANGUAGES, NON_ENGLISH

LANGUAGES = ("en", "zh", "es", "ru", "fr")


def test_exactly_nine_printed_averages_do_not_follow_from_their_rows() -> None:
    wrong = {
        (one.table, one.model): (str(one.printed), str(round(one.recomputed, 2)))
        for one in published_averages()
        if not one.follows
    }
    assert wrong == {
        ("humaneval", "Phoenix-inst-chat-7b"): ("12.2", "8.90"),
        ("humaneval", "Guanaco-13b"): ("12.2", "13.42"),
        ("mgsm", "Bloomz-7b1-mt"): ("1.7", "1.92"),
        ("mgsm", "PolyLM-Multialpaca-13b"): ("2.4", "2.16"),
        ("mgsm", "PolyLM-Chat-13b"): ("5.3", "6.40"),
        ("mgsm", "Chimera-inst-chat-13b"): ("11.6", "12.08"),
        ("mgsm", "Guanaco-7b"): ("3.0", "3.20"),
        ("mgsm", "Guanaco-13b"): ("8.4", "9.44"),
        ("hellaswag", "Aya-5-languages"): ("41.6", "40.94"),
    }


def test_a_wrong_average_is_kept_as_printed_and_marked() -> None:
    rows = {(r.task, r.model): r for r in published_rows() if r.language == ALL_LANGUAGES}
    phoenix = rows["humaneval", "Phoenix-inst-chat-7b"]
    assert (phoenix.value, phoenix.note) == (0.122, "the mean of its row is 8.9")
    assert "Aya-101 (new frame)" in rows["hellaswag", "Aya-5-languages"].note
    marked = [key for key, row in rows.items() if "the mean of its row" in row.note]
    assert len(rows) == 66
    assert len(marked) == 9


def test_single_scores_are_never_marked_as_wrong_averages() -> None:
    single = [row for row in published_rows() if row.language != ALL_LANGUAGES]
    assert not [row for row in single if "the mean of its row" in row.note]


@pytest.mark.parametrize(
    ("task", "model", "language", "value"),
    [
        ("omgeval", "UltraLink-LM", "en", 0.288),
        ("omgeval", "Aya-101", "en", 0.0137),
        ("mgsm", "Aya-5-languages", "en", 0.288),
        ("humaneval", "UltraLink-LM", "ru", 0.494),
        ("arc", "Guanaco-13b", "es", 0.065),
        ("mmlu", "UltraLink-LM", ALL_LANGUAGES, 0.477),
    ],
)
def test_values_are_those_of_the_readme(task: str, model: str, language: str, value: float) -> None:
    found = [
        r for r in published_rows() if (r.task, r.model, r.language) == (task, model, language)
    ]
    assert [row.value for row in found] == [value]


def test_every_table_has_eleven_models_and_five_languages() -> None:
    rows = published_rows()
    assert len(rows) == 6 * 11 * 6
    assert {row.language for row in rows} == {*LANGUAGES, ALL_LANGUAGES}
    assert len(published_models()) == 11
    assert all(row.value is not None and 0 <= row.value <= 1 for row in rows)


def test_each_score_names_repository_commit_file_and_table() -> None:
    assert [source.task for source in published_sources()] == [
        *("humaneval", "mgsm", "omgeval", "arc", "hellaswag", "mmlu")
    ]
    sources = {row.source for row in published_rows()}
    assert "OpenBMB/UltraLink README.md at 6f967d8376ea, OMGEval" in sources
    assert all(len(source.commit) == 40 for source in published_sources())


def test_published_scores_rank_among_themselves_with_the_printed_average(tmp_path: Path) -> None:
    found = {one.task: one for one in rankings(ranked_rows(load(tmp_path)))}
    assert len(found) == 6
    chat = found["omgeval"]
    assert (chat.protocol, chat.judge, chat.baseline) == (UNKNOWN,) * 3
    assert {model.origin for model in chat.models} == {"published"}
    assert chat.models[0].model == "UltraLink-LM"
    phoenix = next(m for m in found["humaneval"].models if m.model == "Phoenix-inst-chat-7b")
    assert phoenix.by_language[ALL_LANGUAGES].value == 0.122
    non_english = phoenix.by_language[NON_ENGLISH].value
    assert non_english == pytest.approx((0.104 + 0.085 + 0.012 + 0.134) / 4)


def test_a_score_measured_here_never_shares_a_ranking_of_unknown_protocol() -> None:
    published = [row for row in published_rows() if row.task == "omgeval"]
    own = [
        msgspec.structs.replace(
            row, origin="own", protocol="judged", judge="gpt-4", baseline="text-davinci-003"
        )
        for row in published
    ]
    ours, theirs = rankings([*own, *published])
    assert {m.origin for m in ours.models} == {"own"}
    assert {m.origin for m in theirs.models} == {"published"}


def test_rankings_can_leave_published_scores_out(tmp_path: Path) -> None:
    assert ranked_rows(load(tmp_path), published=False) == []


def test_the_files_hold_plain_decimal_numbers() -> None:
    folder = Path(leaderboard.published.__file__).parent
    for source in published_sources():
        with (folder / f"{source.table}.csv").open(encoding="utf-8", newline="") as file:
            header, *lines = csv.reader(file)
        assert header == ["model", *LANGUAGES, ALL_LANGUAGES]
        assert all(0 <= Decimal(text) <= 100 for line in lines for text in line[1:])
