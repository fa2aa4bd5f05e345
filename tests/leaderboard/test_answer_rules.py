"""The rule that found an answer, and what a judge said of it."""

import msgspec
from report_examples import record
from stored_examples import sample, store_judged, store_run

from leaderboard.answer_rules import AnswerRules
from leaderboard.collection import load
from leaderboard.judge_replies import JudgeReplies
from tasks import registry
from tasks.saved_rows import Sample
from tests.small_benchmarks import write_mgsm


def test_the_rule_is_that_of_the_grader_unless_the_task_has_changed(tmp_path):
    write_mgsm(tmp_path)
    (problem, *_) = registry.get("mgsm").problems("en", tmp_path)
    line = sample(problem.problem_id, language="en", generation="The answer is 7.", extracted="7")
    found = msgspec.convert(line, Sample)
    version = registry.get("mgsm").version
    protocol = registry.get("mgsm").protocols[0]

    def rule(version, one=found):
        made = record(task_versions={"mgsm": version}, protocols={"mgsm": protocol})
        return AnswerRules(made, tmp_path).rule("mgsm", one)

    assert rule(version) == "answer phrase"
    assert rule(f"{version}0") == ""
    assert rule(version, msgspec.structs.replace(found, extracted=None)) == ""
    assert rule(version, msgspec.structs.replace(found, problem_id="gone")) == ""


def test_a_task_that_nobody_knows_has_no_rule():
    made = record(task_versions={"mine": "1"}, protocols={"mine": "direct"})
    assert AnswerRules(made, None).rule("mine", msgspec.convert(sample("m1"), Sample)) == ""


def test_a_judge_is_quoted_where_its_comparison_names_the_model(tmp_path):
    line = sample("q1", "unjudged")
    store_run(tmp_path, "mine", {("omgeval", "zh"): [line]})
    store_run(tmp_path, "other", {("omgeval", "zh"): [line]})
    said = {"problem_id": "q1", "language": "zh", "result": "win", "reply": "A, as it is longer"}
    verdicts = [said | {"model_first": True}, said | {"model_first": False, "result": "tie"}]
    others = [said | {"model_first": True, "problem_id": "q2"}]
    store_judged(tmp_path, "omgeval-mine", "mine", [*verdicts, *others])
    collection = load(tmp_path)
    found = msgspec.convert(line, Sample)
    mine = JudgeReplies(collection, collection.run("mine"))
    assert [v.result for v in mine.of("omgeval", found)] == ["win", "tie"]
    assert mine.of("omgeval", found)[0].reply == "A, as it is longer"
    assert mine.of("mgsm", found) == []
    assert mine.of("omgeval", msgspec.structs.replace(found, language="en")) == []
    assert JudgeReplies(collection, collection.run("other")).of("omgeval", found) == []
