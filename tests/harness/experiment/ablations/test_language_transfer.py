"""`languages`: its variants follow the config, and its report has a transfer matrix."""

import msgspec
import pytest
from command_line import Bench

from harness.experiment import profiles
from harness.experiment.ablation_files import get_ablation
from harness.experiment.ablation_parameters import arranged
from harness.experiment.nodes import Experiment
from leaderboard.records import read_report
from ultralink_data.errors import ConfigError

STARTER = profiles.get("starter")


def languages(config, *given):
    return arranged(get_ablation("languages"), given, config)


def trained(ablation, config, names=()):
    experiment = Experiment(ablation, config, names, benchmarks=None, command=())
    return {v.name: set(experiment.of(v).languages) for v in experiment.variants}


def test_each_language_of_the_config_is_left_out_once():
    codes = set(STARTER.languages)
    found = trained(languages(STARTER), STARTER)
    assert found == {"every-language": codes} | {f"without-{c}": codes - {c} for c in codes}
    assert trained(languages(STARTER), STARTER, ("only-zh",)) == {
        "every-language": codes,
        "only-zh": {"zh"},
    }


def test_a_language_is_added_to_the_one_to_start_from():
    found = trained(languages(STARTER, "start=fr"), STARTER)
    assert found == {"only-fr": {"fr"}} | {
        f"plus-{code}": {"fr", code} for code in STARTER.languages if code != "fr"
    }


def test_variants_are_scored_in_every_language_of_the_config():
    experiment = Experiment(languages(STARTER), STARTER, benchmarks=None, command=())
    for variant in experiment.variants:
        assert experiment.of(variant).eval == STARTER.eval


def test_of_two_languages_there_is_no_third_variant():
    tiny = profiles.get("tiny")
    assert len(languages(tiny).variants) == 3


@pytest.mark.parametrize(
    ("codes", "given", "complaint"),
    [
        (("en",), (), "with the one language en"),
        (("en", "zh"), ("start=fr",), "unknown language to start from 'fr'"),
    ],
)
def test_languages_that_leave_no_question_are_refused(codes, given, complaint):
    with pytest.raises(ConfigError, match=complaint):
        languages(msgspec.structs.replace(STARTER, languages=codes), *given)


def test_the_report_has_the_matrix_of_every_metric(finished: Bench):
    done = finished("run", "--ablation", "languages", "--profile", "tiny").ok()
    assert "transfer to each language, starter_math, bpb" in done.out
    assert "the others are seen more often" in " ".join(done.out.split())
    report = read_report(finished.home / "runs/reports/languages-tiny/report.json")
    (bits,) = [table for table in report.tables if ", bpb (" in table.title]
    cells = {row.cells[0].text: [cell.text[0] for cell in row.cells[1:]] for row in bits.rows}
    assert {name: [text == "(" for text in texts] for name, texts in cells.items()} == {
        "without-en": [True, False],
        "without-zh": [False, True],
    }
    assert {row.name: {c.language for c in row.trained} for row in report.variants} == {
        "every-language": {"en", "zh"},
        "without-en": {"zh"},
        "without-zh": {"en"},
    }
