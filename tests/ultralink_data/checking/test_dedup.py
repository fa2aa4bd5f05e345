import random
from itertools import combinations

import numpy as np
import pytest
from datasketch import MinHash
from dialogue_samples import dialogue

from ultralink_data.checking.dedup import Deduplicator, Duplicates, _bucket_pairs
from ultralink_data.checking.sketch import (
    BANDS,
    band_hashes,
    exact_hash,
    jaccard,
    shingle_set,
    shingles,
    smallest,
    structure_hash,
)

STORY = (
    "A robe takes two bolts of blue fiber and half that much white fiber for its lining, which "
    "the tailor buys at the market on Mondays before he opens his little shop in the old town."
)
CHINESE = (
    "一件长袍需要两匹蓝色纤维布料和一半数量的白色纤维布料，"
    "裁缝每周一在老城的小店开门之前去市场上购买这些布料。"
)
CODE = "```python\ndef total(values):\n    result = 0\n    for value in values:\n"
CODE += "        if value > 10:\n            result += value\n    return result\n```"


def duplicates(*rows, threshold=0.8, seed=1) -> Duplicates:
    found = Deduplicator(threshold, seed)
    for one in rows:
        found.add(one)
    return found.resolve(rows)


def clusters(*rows, **options):
    return [
        (c.how, c.kept.id, [r.id for r in c.others]) for c in duplicates(*rows, **options).clusters
    ]


def chat(name, *turns, language="en", kind="chat_agnostic", source=None):
    return dialogue(name, language, kind, turns=turns, source=source or f"s{name}")


def test_case_blanks_and_width_make_no_other_text():
    assert exact_hash(("How  many?", "Ｔhree")) == exact_hash(("how many?", "three"))
    assert exact_hash(("a", "b c")) != exact_hash(("a b", "c"))


def test_exact_duplicates_keep_one():
    rows = [chat("b", STORY, "Yes."), chat("a", STORY.upper(), "yes."), chat("c", "Other", "Yes.")]
    assert clusters(*rows) == [("exact", "en_chat_agnostic_a", ["en_chat_agnostic_b"])]


def test_near_duplicates_keep_the_longest():
    changed = STORY.replace("little shop", "small dusty shop")
    rows = [chat("a", STORY, "Yes."), chat("b", changed, "Yes."), chat("c", STORY[:60], "Yes.")]
    assert clusters(*rows, threshold=0.7) == [
        ("near", "en_chat_agnostic_b", ["en_chat_agnostic_a"])
    ]
    assert clusters(*rows, threshold=0.95) == []


def test_chinese_near_duplicates_are_found_without_spaces():
    changed = CHINESE.replace("小店", "铺子")
    rows = [chat("a", CHINESE, "是的", language="zh"), chat("b", changed, "是的", language="zh")]
    assert clusters(*rows, threshold=0.7)[0][0] == "near"
    assert len(shingles([CHINESE])) > 30
    other = [chat("a", CHINESE, "是的", language="zh"), chat("b", CHINESE[::-1], "是的")]
    assert clusters(*other, threshold=0.7) == []


def test_an_untranslated_row_is_a_duplicate_across_languages():
    found = duplicates(chat("a", STORY, "Yes."), chat("a", STORY, "Yes.", language="fr"))
    assert [c.across for c in found.clusters] == [True]
    assert found.extra("exact") == found.extra("exact", across=True) == 1
    assert found.extra("exact", across=False) == found.extra("near") == 0


def test_math_with_other_numbers_is_another_problem():
    def problem(name, number):
        text = f"{STORY} It costs {number} dollars."
        return chat(name, text, "The tailor pays for it.", kind="math")

    assert clusters(problem("a", 5), problem("b", 7)) == []
    assert clusters(problem("a", 5), problem("b", 5)) != []


def test_parallel_texts_are_counted_and_no_duplicates():
    rows = [
        chat("1", "3 + 14 + 15?", "3 + 14 = 17, + 15 = 32", language=x, kind="math", source="m/1")
        for x in ("en", "fr", "zh")
    ]
    found = duplicates(rows[0], chat("1", "Combien font 3 + 14 + 15 ?", "Réponse : 17, 32"))
    assert found.parallel_sources == 0
    found = duplicates(*rows)
    assert found.parallel_sources == 1
    assert found.extra("structure") == 0


def test_one_problem_from_two_sources_is_found_across_languages():
    english = chat("1", "She has 3 hens, 14 ducks.", "3 * 14 = 42, 42 + 9 = 51", kind="math")
    french = chat("2", "Elle a 3 poules, 14 canards.", "3 * 14 = 42, puis 42 + 9 = 51", kind="math",
                  language="fr")  # fmt: skip
    assert clusters(english, french) == [("structure", "fr_math_2", ["en_math_1"])]


def test_equal_programs_are_found_across_languages_whatever_the_names():
    renamed = CODE.replace("total", "somme").replace("value", "valeur")
    english = chat("1", "Sum up what is over ten", CODE, kind="code")
    french = chat("2", "Additionnez", f"Voici :\n{renamed}", kind="code", language="fr")
    assert structure_hash(english) == structure_hash(french) != 0
    other = chat("3", "x", CODE.replace("10", "11"), kind="code")
    assert structure_hash(other) != structure_hash(english)


def test_little_structure_is_none():
    assert structure_hash(chat("1", "2 and 3?", "5", kind="math")) == 0
    assert structure_hash(chat("1", "x", "```python\ndef f():\n    pass\n```", kind="code")) == 0
    assert structure_hash(chat("1", "3 4 5 6 7 8", "9")) == 0


def test_neither_order_nor_size_of_a_bucket_changes_the_clusters():
    draw = random.Random(5)
    words = STORY.split()
    rows = []
    for n in range(120):
        changed = [*words]
        changed[draw.randrange(len(words))] = f"word{n % 7}"
        rows.append(chat(f"{n:03d}", " ".join(changed), "Yes."))
    expected = duplicates(*rows, threshold=0.75)
    assert expected.clusters
    for _ in range(3):
        draw.shuffle(rows)
        assert duplicates(*rows, threshold=0.75) == expected


def test_of_a_chain_falls_only_what_is_alike_to_a_row_that_stays():
    words = [f"word{n * 7919 % 9973}" for n in range(150 + 39 * 6)]
    rows = [chat(f"{n:02d}", " ".join(words[n * 6 : n * 6 + 150]), "Yes.") for n in range(40)]
    shingles_of = {f"en_chat_agnostic_{n:02d}": shingle_set(r.turns) for n, r in enumerate(rows)}
    found = duplicates(*rows)
    kept = [cluster.kept.id for cluster in found.clusters]
    others = [row.id for cluster in found.clusters for row in cluster.others]
    assert len(kept) > 5
    assert len(others) == len(set(others)) == found.extra("near")
    assert not {*kept} & {*others}
    for cluster in found.clusters:
        for row in cluster.others:
            assert jaccard(shingles_of[cluster.kept.id], shingles_of[row.id]) >= 0.8
    assert duplicates(*reversed(rows)) == found


def test_copies_fall_with_the_text_that_they_are_copies_of():
    changed = STORY.replace("little shop", "small dusty shop")
    rows = [chat("a", STORY, "Yes."), chat("b", changed, "Yes."), chat("c", STORY.upper(), "yes.")]
    expected = [("near", "en_chat_agnostic_b", ["en_chat_agnostic_a", "en_chat_agnostic_c"])]
    assert clusters(*rows, threshold=0.7) == clusters(*rows[::-1], threshold=0.7) == expected


def test_bands_find_what_is_alike_and_seeds_differ():
    one, other = shingle_set([STORY]), shingle_set([STORY.replace("Mondays", "Sundays")])
    assert jaccard(one, other) > 0.8
    assert (band_hashes(one, 1) == band_hashes(other, 1)).any()
    assert not (band_hashes(one, 1) == band_hashes(one, 2)).any()
    assert not (band_hashes(one, 1) == band_hashes(shingles([CHINESE]), 1)).any()


@pytest.mark.parametrize(("share", "expected"), [(0.5, 0.27), (0.6, 0.62), (0.7, 0.92)])
def test_a_band_agrees_as_often_as_bands_and_their_width_say(share, expected):
    """1 - (1 - j^6)^20, the formula at the top of `sketch`, for sets that share j."""
    assert expected == pytest.approx(1 - (1 - share**6) ** 20, abs=0.01)
    draw = random.Random(share)
    found = 0
    for _ in range(400):
        numbers = draw.sample(range(2**32), 280)
        common = round(280 * share)
        half = (280 - common) // 2
        one, other = numbers[: common + half], numbers[:common] + numbers[common + half :]
        hashes = [band_hashes(np.array(some, np.uint32), 1) for some in (one, other)]
        found += bool((hashes[0] == hashes[1]).any())
    assert found / 400 == pytest.approx(expected, abs=0.09)


@pytest.mark.parametrize("size", [0, 1, 119, 1024, 1025, 3000])
def test_the_smallest_hashes_are_those_of_datasketch(size):
    draw = random.Random(size)
    values = [draw.randrange(2**32) for _ in range(size)]
    expected = MinHash(120, 7, hashfunc=lambda value: value, scheme="affine32")
    expected.update_batch(values)
    found = smallest(np.array(values, np.uint32), 7)
    assert found.tolist() == expected.hashvalues.tolist()


def test_shingles_are_runs_of_three_words_and_of_five_characters():
    assert len(shingle_set(("One two three four", "two three four five"))) == 5
    assert len(shingle_set(("Two words",))) == 1
    assert len(shingle_set(("two words", "TWO words"))) == 2
    assert len(shingle_set(("...",))) == 0
    assert np.array_equal(shingle_set(("a b", "c d")), shingle_set(("a b c", "d")))
    # Numbers count among the characters, those of a turn without Chinese too.
    assert len(shingle_set(("\u4e00\u4e8c\u4e09\u56db\u4e94\u516d",))) == 2
    assert len(shingle_set(("\u4e00\u4e8c\u4e09\u56db", "7"))) == 2


def test_every_band_has_a_number_of_its_own():
    made = band_hashes(shingles([STORY]), 1)
    assert len(made) == BANDS == 20
    assert len(set(made.tolist())) == BANDS


def test_a_small_bucket_is_compared_whole_and_a_large_one_with_neighbours():
    assert list(_bucket_pairs(range(50))) == list(combinations(range(50), 2))
    found = list(_bucket_pairs(range(51)))
    assert found == [(n, m) for n in range(51) for m in range(n + 1, min(n + 21, 51))]


def test_no_rows_no_clusters():
    assert duplicates().clusters == ()


@pytest.mark.parametrize("threshold", [0.5, 0, 1.1])
def test_a_threshold_that_bands_cannot_serve_is_refused(threshold):
    with pytest.raises(ValueError, match="threshold"):
        Deduplicator(threshold, 1)
