"""Answers on disk: whole files with seals, by group and key."""

from pathlib import Path

from tasks.models.kept_answers import KeptAnswer, KeptAnswers, ModelFacts, group_name
from tasks.saved_rows import LikelihoodSample

ROW = LikelihoodSample(
    problem_id="a",
    language="fr",
    prompt="p",
    target="t",
    outcome="scored",
    bits=0.1 + 0.2,
    bytes=1,
    digit_bits=0.0,
    digit_bytes=0,
)


def test_what_is_kept_is_found_by_another_process(tmp_path):
    first = KeptAnswers(tmp_path)
    answers = [KeptAnswer(key="1", text="\u2028 7", hit_limit=True), KeptAnswer(key="2")]
    first.add("g", answers)
    first.add_scores("g", "k" * 64, [ROW])
    other = KeptAnswers(tmp_path)
    assert [other.find("g", key) for key in ("1", "2", "3")] == [*answers, None]
    assert other.find("h", "1") is None
    assert other.scores("g", "k" * 64) == (ROW,)
    assert other.scores("g", "k" * 63 + "l") is None
    assert other.damaged == []


def test_facts_are_those_of_the_settings(tmp_path):
    facts = ModelFacts(max_length=512, note="", thinks=False, single=True)
    KeptAnswers(tmp_path).learn({"dtype": "float32"}, facts)
    kept = KeptAnswers(tmp_path)
    found = kept.facts({"dtype": "float32"})
    assert found is not None
    assert (found.max_length, found.single) == (512, True)
    assert kept.facts({"dtype": "bfloat16"}) is None


def test_damage_is_noted_and_not_used(tmp_path):
    KeptAnswers(tmp_path).add("g", [KeptAnswer(key="1", text="right")])
    [path] = tmp_path.rglob("*.json")
    for damage in (b"", path.read_bytes()[:-9], path.read_bytes().replace(b"right", b"wrong")):
        path.write_bytes(damage)
        kept = KeptAnswers(tmp_path)
        assert kept.find("g", "1") is None
        assert kept.damaged == [path]
        kept.add("g", [KeptAnswer(key="1", text="right")])
        again = KeptAnswers(tmp_path)
        assert again.find("g", "1") is not None
        assert again.damaged == []


def test_a_damaged_file_is_told_once(tmp_path):
    """Its answers may be asked for in another batch, which is another file."""
    answers = [KeptAnswer(key=key, text="right") for key in "12"]
    KeptAnswers(tmp_path).add("g", answers)
    [path] = tmp_path.rglob("*.json")
    path.write_bytes(path.read_bytes()[:-9])
    kept = KeptAnswers(tmp_path)
    assert kept.find("g", "1") is None
    for answer in answers:
        kept.add("g", [answer])
    again = KeptAnswers(tmp_path)
    assert [again.find("g", key) for key in "12"] == answers
    assert again.damaged == []


def test_nothing_is_written_without_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    kept = KeptAnswers(None)
    kept.add("g", [KeptAnswer(key="1")])
    kept.add_scores("g", "k", [ROW])
    assert kept.find("g", "1") is not None
    assert list(Path().iterdir()) == []


def test_groups_differ_by_what_they_have_in_common():
    names = {group_name("mgsm", lang, {"v": v}) for lang in ("en", "fr") for v in (1, 2)}
    assert len(names) == 4
    assert all(name.startswith(("mgsm_en-", "mgsm_fr-")) for name in names)
