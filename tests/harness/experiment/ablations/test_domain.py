"""Rows of one category left out, and every category of the problems scored apart."""

import math

import msgspec
import numpy as np
import pytest

from harness.experiment import profiles
from harness.experiment.ablation import MeasuredSides
from harness.experiment.ablation_files import built_in
from harness.experiment.ablation_parameters import arranged
from harness.experiment.ablations.domain import LeaveOutConfig, by_category, leave_out
from harness.experiment.own_tables import PrimaryEndpoint, endpoints, subject_of
from harness.statistics.comparison import Side
from harness.statistics.measured import MeasuredTask
from tasks import registry
from tasks.eval_config import TaskRun
from ultralink_data.categories.categorise import math_categories, row_categories
from ultralink_data.errors import ConfigError
from ultralink_data.starter.dialogues import starter_dialogues

ABLATION = built_in()["domain"]
ROWS = starter_dialogues(0, 1)


def test_one_category_goes_and_english_stays_whole():
    config = LeaveOutConfig(facet="operations", category="additive")
    left = list(leave_out(ROWS, config))
    gone = [row for row in ROWS if row not in left]
    assert {row.kind for row in gone} == {"math"}
    assert {row_categories(row)["operations"] for row in gone} == {"additive"}
    assert {row.language for row in gone} == {"es", "fr", "ru", "zh"}
    english = list(leave_out(ROWS, msgspec.structs.replace(config, english_too=True)))
    assert {row.language for row in left if row not in english} == {"en"}
    with pytest.raises(ConfigError, match="no row of category mixed"):
        leave_out(left[:0], LeaveOutConfig(facet="operations", category="mixed"))


def test_a_parameter_takes_the_english_rows_too():
    own = arranged(ABLATION, ("english_too=true",), profiles.tiny())
    configs = [c for v in own.variants for c in v.stages.values()]
    assert configs
    assert all(c.english_too for c in configs)
    assert not any(c.english_too for v in ABLATION.variants for c in v.stages.values())


def side(name, lost, codes=("en", "es", "fr"), seeds=3):
    """Bits per byte of starter_math, with `lost` added to problems of some categories."""
    problems = registry.get("starter_math").problems("en", None)
    category = {
        p.problem_id: math_categories(p.question, p.solution)["operations"] for p in problems
    }
    runs = []
    for seed in range(seeds):
        rng = np.random.default_rng([seed, len(name)])
        run = []
        for code in codes:
            shift = {n: 0.0 if code == "en" else lost.get(c, 0.0) for n, c in category.items()}
            noise = rng.normal(scale=0.01, size=len(category))
            values = {
                n: (100 * math.exp(shift[n] + e), 100.0)
                for n, e in zip(category, noise, strict=True)
            }
            run.append(
                MeasuredTask(
                    task="starter_math",
                    language=code,
                    metric="bpb",
                    values=values,
                    outcomes={"scored": len(values)},
                    file="",
                )
            )
        runs.append(tuple(run))
    return Side(name=name, runs=tuple(runs))


def tables(*names, seeds=(0, 1, 2), codes=("en", "es", "fr"), **lost):
    config = profiles.starter()
    runs = tuple(run for run in config.eval.runs if run.task == "starter_math")
    evaluation = msgspec.structs.replace(config.eval, runs=runs)
    config = msgspec.structs.replace(config, seeds=seeds, eval=evaluation)
    variants = tuple(v for v in ABLATION.variants if v.name in ("whole", "without-additive"))
    sides = {"whole": side("whole", {}, codes, len(seeds))}
    sides["without-additive"] = side("without-additive", lost, codes, len(seeds))
    measured = MeasuredSides(config=config, variants=variants, sides=sides)
    return {table.title: table for table in ABLATION.tables(measured)}


def test_the_loss_stands_in_the_category_that_was_left_out():
    found = tables(additive=0.1)
    table = found["domain: starter_math, bpb by operations (% of bits saved)"]
    rows = {row.cells[1].text: row.cells for row in table.rows}
    assert set(rows) == {"additive (left out)", "multiplicative", "mixed"}
    assert [rows[name][2].text for name in rows] == ["15", "8", "55"]
    assert rows["additive (left out)"][3].raw == pytest.approx(-0.1, abs=0.01)
    assert rows["additive (left out)"][4].raw < 0.01
    assert abs(rows["mixed"][3].raw) < 0.01
    assert "Holm-adjusted over the 3 cells" in table.caption


def test_every_language_has_its_cell_and_only_what_holds_by_holm_has_a_star():
    table = tables(additive=0.1)[
        "domain: starter_math, bpb by operations and language (% of bits saved)"
    ]
    assert [column.name for column in table.columns[2:]] == ["en", "es", "fr"]
    rows = {row.cells[1].text: [cell.text for cell in row.cells[2:]] for row in table.rows}
    english, *others = rows["additive (left out)"]
    assert not english.endswith("*")
    assert all(text.endswith("*") and "±" in text for text in others)
    assert not any(text.endswith("*") for text in rows["mixed"])
    assert "over the 9 cells of this table" in table.caption


def test_english_alone_is_averaged_over_itself():
    (first, *_) = tables(codes=("en",), additive=0.1).values()
    assert "average over en, positive = better" in first.caption
    assert all(row.cells[3].raw is not None for row in first.rows)


def test_what_one_side_alone_has_is_no_endpoint():
    sides = {"whole": side("whole", {}), "without-additive": side("without-additive", {}, ("en",))}
    measured = MeasuredSides(config=profiles.starter(), variants=(), sides=sides)
    assert endpoints(measured) == [PrimaryEndpoint("starter_math", "bpb", ("en",))]
    alone = MeasuredSides(config=measured.config, variants=(), sides={"whole": sides["whole"]})
    assert endpoints(alone) == [PrimaryEndpoint("starter_math", "bpb", ("en", "es", "fr"))]


def test_one_seed_has_no_interval_and_no_test():
    found = tables(seeds=(0,), additive=0.1)
    for table in found.values():
        assert "no interval and no p" in table.notes[-1]
        assert not any("±" in c.text or "[" in c.text for row in table.rows for c in row.cells)


def test_a_question_is_read_without_the_examples_of_its_prompt_and_chats_have_no_category(tmp_path):
    (tmp_path / "mgsm").mkdir()
    rows = [("Ann has 3 apples. How many?", 3), ("Add 4, 5, 6 and 7.", 22)]
    text = "".join(f"{question}\t{answer}\n" for question, answer in rows)
    (tmp_path / "mgsm" / "mgsm_en.tsv").write_text(text)
    run = TaskRun(task="mgsm", languages=("en",), protocol="direct")
    found = by_category(run, tmp_path)
    numbers = {
        category: len(names) for (facet, category), names in found.items() if facet == "numbers"
    }
    assert numbers == {"few-numbers": 1, "many-numbers": 1}
    chats = TaskRun(task="starter_chat", languages=("en",), protocol="chat")
    assert by_category(chats, None) == {}


@pytest.mark.parametrize(
    ("task", "subject"),
    [
        *(("starter_math", "math"), ("mgsm", "math"), ("starter_code", "code")),
        *(("humaneval", "code"), ("omgeval", "chat"), ("starter_chat", "chat")),
    ],
)
def test_every_task_is_taught_by_rows_of_its_subject(task, subject):
    assert subject_of(task) == subject


def test_programs_have_a_topic_and_no_operations():
    run = TaskRun(task="starter_code", languages=("en", "es"), protocol="chat")
    found = by_category(run, None)
    assert {facet for facet, _ in found} == {"topic"}
    assert sum(map(len, found.values())) == len(registry.get("starter_code").problems("en", None))
