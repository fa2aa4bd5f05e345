"""`run --until-decided`: when it stops, what it adds, and what its report says."""

from types import SimpleNamespace

import msgspec
import pytest
from experiment.own_ablations import write_rows

from harness.experiment import profiles
from harness.experiment.until_decided import made_until_decided, seed_looks
from harness.statistics.verdict import Verdict
from leaderboard.records import read_report
from ultralink_data.errors import ConfigError

STARTER = profiles.starter()


def test_looks_begin_with_the_seeds_of_the_run_and_go_on_with_the_next_numbers():
    looks = seed_looks(msgspec.structs.replace(STARTER, seeds=(4, 9, 6)), 6)
    assert looks.seeds == (4, 9, 6, 10, 11, 12)
    assert looks.sizes == (3, 5, 6)
    assert looks.at(1) == (4, 9, 6, 10, 11)
    assert looks.tail(3) > looks.tail(5)
    assert "looks at 3, 5, 6 were fixed beforehand, and it ended at 5" in looks.caveat(5)


@pytest.mark.parametrize(
    ("config", "most", "said"),
    [
        (profiles.tiny(), 8, "profile tiny gives no verdicts"),
        (msgspec.structs.replace(STARTER, seeds=(0,)), 8, "begins with 1 seed, and there are no"),
        (STARTER, 3, "the run begins with 3 seeds, so none can be added"),
        (profiles.with_languages(STARTER, ("en",)), 8, "no task has a primary endpoint"),
    ],
)
def test_what_cannot_be_decided_is_refused_before_anything_is_trained(config, most, said):
    with pytest.raises(ConfigError, match=said):
        seed_looks(config, most)


def test_it_stops_at_the_look_that_decides_and_says_so(finished):
    write_rows(finished.home / "one", seed=2)
    write_rows(finished.home / "two", seed=1)
    words = ("run", "--profile", "tiny", "--data", "one", "two", "--set", "verdicts=true")
    wide = (*words, "--seeds", "0,1,2", "--set", "margins.bpb=0.9", "--until-decided", "5")
    done = finished(*wide, "--dry-run").ok()
    assert "until decided: a look at 3, 5 seeds, of 0 1 2 3 4" in done.err
    done = finished(*wide).ok()
    assert "look 1 of 2, 3 seeds: 1 of 1 primary endpoints decided" in done.err
    report = read_report(finished.home / "runs/reports/data-one-two-tiny/report.json")
    assert report.seeds == (0, 1, 2)
    assert any("ended at 3. Intervals (of 98.2 % at this look)" in x for x in report.caveats)


class Killed(Exception):
    """The end of a run that does not go on."""


def looked(monkeypatch, verdicts, made, most=99):
    """Seeds at the end, what was noted and said, and the tails, of a run with these verdicts.

    The verdicts are by the number of seeds. `made` is the store, which gets the run's trainings;
    it is killed before there are more than `most`.
    """
    base = SimpleNamespace(
        with_seeds=lambda chosen: SimpleNamespace(
            seeds=chosen, run_names=lambda: [f"train/{seed}" for seed in chosen]
        )
    )
    heard, tails = [], []

    def found(experiment, made, tail, policy):
        tails.append(tail)
        words = verdicts[len(experiment.seeds)]
        first = next(v.value for v in Verdict if words.startswith(f"{v.value} "))
        pair = zip("ab", (first, words.removeprefix(f"{first} ")), strict=True)
        fields = {"task": "math", "metric": "bpb"}
        return [SimpleNamespace(variant=name, verdict=word, **fields) for name, word in pair]

    def make_missing(names, *rest):
        for name in names:
            if name not in made:
                if len(made) == most:
                    raise Killed
                made.append(name)

    monkeypatch.setattr("harness.experiment.until_decided._endpoints", found)
    graph = SimpleNamespace(made={}, make_missing=make_missing)
    display = SimpleNamespace(say=heard.append)
    looks = seed_looks(STARTER, 6)
    last = made_until_decided(
        *(base, looks, graph, None, display),
        timed=lambda experiment: None,
        note=lambda experiment: heard.append(experiment.seeds),
    )
    return len(last.seeds), heard, tails


OPEN_AT_THREE = {3: "worse inconclusive", 5: "worse non-inferior"}
OPEN_AT_FIVE = {3: "underpowered worse", 5: "inconclusive worse", 6: "no margin worse"}


@pytest.mark.parametrize(
    ("verdicts", "seeds", "said"),
    [
        (
            {3: "worse better"},
            3,
            [(0, 1, 2), "look 1 of 3, 3 seeds: 2 of 2 primary endpoints decided"],
        ),
        (
            OPEN_AT_THREE,
            5,
            [
                (0, 1, 2),
                "look 1 of 3, 3 seeds: 1 of 2 primary endpoints decided; open: b math bpb "
                "(inconclusive); adding seeds 3 4",
                (0, 1, 2, 3, 4),
                "look 2 of 3, 5 seeds: 2 of 2 primary endpoints decided",
            ],
        ),
        (OPEN_AT_FIVE, 6, None),
        ({3: "floor language missing"}, 3, None),
    ],
)
def test_seeds_are_added_while_an_endpoint_is_open(monkeypatch, verdicts, seeds, said):
    made = []
    last, heard, used = looked(monkeypatch, verdicts, made)
    assert last == seeds
    assert made == [f"train/{seed}" for seed in range(seeds)]
    assert said is None or heard == said
    looks = seed_looks(STARTER, 6)
    assert used == [looks.tail(size) for size in looks.sizes if size <= seeds]


@pytest.mark.parametrize("verdicts", [OPEN_AT_THREE, OPEN_AT_FIVE], ids=["ends at 5", "ends at 6"])
def test_a_run_killed_between_looks_or_in_one_ends_at_the_same_look(monkeypatch, verdicts):
    all_made = []
    whole = looked(monkeypatch, verdicts, all_made)
    for most in range(len(all_made)):
        made = []
        with pytest.raises(Killed):
            looked(monkeypatch, verdicts, made, most)
        assert made == all_made[:most]
        assert looked(monkeypatch, verdicts, made) == whole
        assert made == all_made
