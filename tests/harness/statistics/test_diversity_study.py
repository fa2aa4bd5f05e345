"""Grounded against ungrounded: pairs, intervals, verdicts, shares of articles."""

import json
import random

import msgspec
import numpy as np
import pytest
from dialogue_samples import dialogue

from harness.building.article_share import article_share
from harness.cli import main
from harness.statistics.diversity_config import DiversityConfig
from harness.statistics.diversity_study import group_of, jackknife, study
from ultralink_data.documents import Page
from ultralink_data.grounding.passages import split


def grounded(language="fr", *, vocabulary=400, articles=30, mark="x", seed=0):
    """Two dialogues an article, whose words come from a vocabulary of this size."""
    rows = []
    for article in range(articles):
        for passage in range(2):
            dice = random.Random(f"{seed}/{mark}/{article}/{passage}")
            said = [
                " ".join(f"{mark}{int(vocabulary * dice.random() ** 2)}" for _ in range(40))
                for _ in range(2 * dice.choice((1, 2)))
            ]
            row = dialogue("d", language, "chat_specific", turns=tuple(said), source=f"{article}")
            rows.append(msgspec.structs.replace(row, id=f"{language}:{article}#{passage}"))
    return rows


def by_measure(found, language="fr"):
    return {one.measure: one for one in found.measures if one.language == language}


def test_the_more_varied_set_is_higher_by_interval():
    found = by_measure(study(grounded(vocabulary=800), grounded(vocabulary=100)))
    for name in ("distinct-1", "distinct-2", "MTLD"):
        assert found[name].verdict == "higher", name
        assert found[name].first.value > found[name].against.value
    again = by_measure(study(grounded(vocabulary=100), grounded(vocabulary=800)))
    assert again["distinct-1"].verdict == "lower"


def test_of_the_same_process_no_difference_is_mostly_shown():
    """A verdict in some 5 % of cells; of 80 cells, 16 would come by chance once in 100,000."""
    verdicts = [
        one.verdict
        for seed in range(10)
        for one in study(grounded(seed=seed), grounded(seed=seed + 100)).measures
        if one.measure not in ("turns/dialogue", "opening entropy")
    ]
    assert len(verdicts) == 50
    assert sum(verdict != "no difference shown" for verdict in verdicts) < 12


def test_equal_sets_do_not_differ_at_all():
    for one in study(grounded(), grounded()).measures:
        assert (one.difference.value, one.difference.low, one.difference.high) == (0, 0, 0)
        assert one.verdict == "no difference shown"


def test_only_dialogues_with_a_partner_are_compared():
    more = [*grounded(), *grounded(articles=3, language="zh")]
    found = study(more, grounded()[5:])
    assert found.unpaired == {"fr": 5, "zh": 6}
    assert {one.language for one in found.measures} == {"fr"}
    assert {one.first.n_problems for one in found.measures} == {55}
    assert study(grounded(), grounded(language="ru")).measures == ()


def test_both_sides_are_measured_on_the_same_number_of_items():
    short = [msgspec.structs.replace(row, turns=row.turns[:2]) for row in grounded()]
    found = by_measure(study(grounded(), short))
    words = 40 * 2 * len(short)
    assert found["distinct-1"].size <= words
    assert found["distinct-1"].size >= words * 0.9
    assert found["distinct-1"].verdict == "no difference shown"
    assert found["turns/dialogue"].verdict == "higher"


def test_few_articles_get_no_interval_and_no_verdict():
    found = study(grounded(articles=4), grounded(articles=4, vocabulary=20))
    assert {one.verdict for one in found.measures} == {"too few articles"}
    assert all(np.isnan(one.first.low) for one in found.measures)


def test_the_order_of_rows_changes_nothing():
    rows = grounded()
    assert study(random.Random(0).sample(rows, len(rows))) == study(rows)


def test_the_part_says_which_turns_are_read():
    rows = [
        msgspec.structs.replace(
            row, turns=tuple("same words" if n % 2 == 0 else t for n, t in enumerate(row.turns))
        )
        for row in grounded()
    ]
    of = {part: DiversityConfig(part=part) for part in ("questions", "answers")}
    answers = by_measure(study(rows, None, of["answers"]))["distinct-1"].first.value
    questions = by_measure(study(rows, None, of["questions"]))["distinct-1"].first.value
    assert questions < 0.05 < answers


def test_articles_are_dealt_out_whole_and_evenly():
    sources = [f"a{n // 3}" for n in range(120)]
    groups = group_of(sources, 0)
    assert len({(s, g) for s, g in zip(sources, groups.tolist(), strict=True)}) == 40
    assert set(np.bincount(groups).tolist()) == {6}
    assert groups.tolist() != group_of(sources, 1).tolist()


def test_the_jackknife_of_a_mean_has_the_error_of_a_mean():
    values = np.random.default_rng(0).normal(size=20)

    def mean(without):
        return float(np.delete(values, [] if without is None else without).mean())

    estimate = jackknife(mean, 20, 20)
    assert estimate.value == pytest.approx(values.mean())
    assert estimate.standard_error == pytest.approx(values.std(ddof=1) / np.sqrt(20))


# Openings and articles


def test_openings_are_counted_with_their_shares():
    rows = [
        dialogue(str(n), turns=("What is it?" if n % 4 else "Why so?", "a b")) for n in range(8)
    ]
    (found,) = study(rows).openings
    assert found.questions == 8
    assert found.most == (("what is", 0.75), ("why so", 0.25))


PAGES = [
    Page(
        id=f"fr:{n}",
        language="fr",
        title="t",
        revision=None,
        text="mot " * 90 + "\n\n" + "b " * 150,
    )
    for n in range(4)
]


def test_shares_count_articles_and_passages_once():
    passages = [passage for page in PAGES for passage in split(page, 100)]
    assert len(passages) == 8
    made = [passages[0], passages[1], passages[2]]
    rows = [
        msgspec.structs.replace(dialogue("x", "fr", "chat_specific", source=p.page_id), id=p.id)
        for p in made
    ]
    elsewhere = dialogue("y", "fr", "chat_specific", source="fr:99")
    (share,) = article_share(PAGES, [*rows, elsewhere], 100)
    assert (share.pages, share.used_pages) == (4, 2)
    assert (share.passages, share.used_passages) == (8, 3)
    assert share.elsewhere == 1


def test_the_command_compares_and_writes(tmp_path, capsys):
    for name, rows in (("a", grounded(vocabulary=800)), ("b", grounded(vocabulary=100))):
        lines = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_bytes(lines)
    (tmp_path / "pages.jsonl").write_bytes(
        b"".join(msgspec.json.encode(page) + b"\n" for page in PAGES)
    )
    words = [
        "data",
        "diversity",
        str(tmp_path / "a.jsonl"),
        "--baseline",
        str(tmp_path / "b.jsonl"),
    ]
    words += ["--pages", str(tmp_path / "pages.jsonl"), "-o", str(tmp_path / "r.json")]
    assert main([*words, "-o", str(tmp_path / "r.md")]) == 0
    out = capsys.readouterr().out
    assert "higher" in out
    assert "Articles used" in out
    report = json.loads((tmp_path / "r.json").read_text())
    assert report["study"]["measures"][0]["measure"] == "distinct-1"
    assert "### Diversity" in (tmp_path / "r.md").read_text()
    assert main([*words, "-o", str(tmp_path / "r.md")]) == 0
    for name in ("r.md", "r.json"):
        kept = (tmp_path / name).read_bytes()
        (tmp_path / name).write_text("[1]")
        assert main([*words, "-o", str(tmp_path / "r.md")]) == 2
        assert (tmp_path / name).read_text() == "[1]"
        (tmp_path / name).write_bytes(kept)


def test_sets_without_a_shared_dialogue_are_refused(tmp_path, capsys):
    for name in ("fr", "ru"):
        (tmp_path / f"{name}.jsonl").write_bytes(msgspec.json.encode(grounded(name)[0]))
    words = ["data", "diversity", str(tmp_path / "fr.jsonl"), "--baseline"]
    assert main([*words, str(tmp_path / "ru.jsonl")]) == 3
    assert "share no dialogue" in capsys.readouterr().err
