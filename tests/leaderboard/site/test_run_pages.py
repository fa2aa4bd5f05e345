"""Pages of runs, experiments and rankings: what they show of a record, and where they lead."""

import html
import json
import re

import pytest
from report_examples import cell, record, report

from leaderboard.collection import load
from leaderboard.judged_records import JudgedReport, write_judged
from leaderboard.records import TokenCount, write_record
from leaderboard.site import ranking_page
from leaderboard.site.build_site import build
from tasks.judging.judge import JudgeVerdict, Result
from tasks.judging.win_rate import win_rate
from ultralink_data.llm.client import Usage
from ultralink_data.llm.endpoint import Endpoint


def built(tmp_path, nearest=0):
    found = load(tmp_path / "runs")
    build(found, tmp_path / "site", nearest=nearest)
    return found


def shown(tmp_path, path):
    return html.unescape((tmp_path / "site" / path).read_text())


def stored_run(tmp_path, **changes):
    folder = tmp_path / "runs" / "reports" / "prune"
    write_record(folder / "records" / "a.json", record(**changes))
    write_record(folder / "report.json", report(records=("records/a.json",)))
    return folder


def model(tmp_path, fingerprint, lines):
    folder = tmp_path / "runs" / "models" / "abc"
    folder.mkdir(parents=True)
    marker = {"key": "abc", "fingerprint": fingerprint, "circumstances": {"wall_seconds": 75.5}}
    (folder / "artefact.json").write_text(json.dumps(marker))
    (folder / "metrics.jsonl").write_text("".join(f"{line}\n" for line in lines))


def test_a_run_page_has_what_is_needed_to_trust_and_to_repeat_it(tmp_path):
    command = ("ultralink-bench", "eval", "--model", "my model; rm -rf")
    trained = (TokenCount(language="zh", kind="math", rows=1200, tokens=34_567),)
    stored_run(tmp_path, command=command, trained=trained, parameters=7_100_000_000)
    (run,) = built(tmp_path).runs
    page = shown(tmp_path, f"runs/{run.key}.html")
    assert "ultralink-bench eval --model 'my model; rm -rf'" in page
    assert "7.1B" in page
    assert "34,567" in page
    assert "1,200" in page
    for fact in (run.record.model_fingerprint, run.record.prompts_hash, "train.learning_rate"):
        assert fact in page
    assert re.search(r'href="\.\./experiments/[0-9a-f]{12}\.html">prune<', page)


def test_samples_are_linked_by_the_keys_and_words_of_the_explorer(tmp_path):
    folder = stored_run(tmp_path, cells=(cell(language="zh"), cell(language="en", sample_file="")))
    (folder / "records" / "samples").mkdir()
    (folder / "records" / "samples" / "starter_math_zh.jsonl").write_text("")
    (run,) = built(tmp_path).runs
    page = shown(tmp_path, f"runs/{run.key}.html")
    assert f'../samples.html#run={run.key}&task=starter_math&language=zh"' in page
    assert "language=en" not in page


def test_the_loss_of_the_model_with_that_fingerprint_is_drawn_and_told(tmp_path):
    lines = [
        json.dumps({"step": n, "loss": 5 - n / 10, "learning_rate": 0.001}) for n in range(1, 31)
    ]
    model(tmp_path, "m" * 8, [*lines, '{"step": 31, "los'])
    stored_run(tmp_path)
    (run,) = built(tmp_path).runs
    page = shown(tmp_path, f"runs/{run.key}.html")
    assert "<title>Loss of the training</title>" in page
    assert page.count("<polyline") >= 2
    assert ">4.9000<" in page
    assert ">2.0000<" in page
    assert "1 min 16 s" in page


def test_a_run_without_its_model_has_no_curve(tmp_path):
    model(tmp_path, "another", ['{"step": 1, "loss": 2.0, "learning_rate": 0.1}'])
    stored_run(tmp_path)
    (run,) = built(tmp_path).runs
    assert "Loss of the training" not in shown(tmp_path, f"runs/{run.key}.html")


def test_an_experiment_leads_to_its_runs_and_shows_its_caveats(tmp_path):
    stored_run(tmp_path)
    found = built(tmp_path)
    page = shown(tmp_path, f"experiments/{found.reports[0].key}.html")
    assert f'href="../runs/{found.runs[0].key}.html"' in page
    assert page.count("A proxy at 1M parameters.") == 1
    assert "Profile starter; seeds 0, 1, 2; reference 1;" in page
    assert "training data against 1" in page


def judged():
    verdicts = [
        JudgeVerdict(problem_id=str(n), language="zh", model_first=False, result=Result.WIN)
        for n in range(40)
    ]
    return JudgedReport(
        schema=1,
        kind="judged",
        task="omgeval",
        model="ours <b>",
        baseline="theirs",
        judge="j",
        base_url="http://localhost",
        endpoint=Endpoint(base_url="http://localhost", model="j").identity,
        left_out=(),
        protocol="reference",
        structured=False,
        limit=None,
        templates={},
        scores={"zh": {"full": win_rate(verdicts, {str(n): (10, 10) for n in range(40)})}},
        void=(),
        notes=(),
        usage=Usage(requests=40, cost=1.25),
    )


def test_a_judged_comparison_has_a_page_with_its_cost_and_a_place_in_a_ranking(tmp_path):
    write_judged(tmp_path / "runs" / "reports" / "mine" / "judged.json", judged())
    (one,) = built(tmp_path).judged
    page = shown(tmp_path, f"experiments/{one.key}.html")
    assert "cost 1.2500" in page
    assert f'<a href="experiments/{one.key}.html">ours <b></a>' in shown(tmp_path, "index.html")
    assert "judge j, baseline theirs" in shown(tmp_path, "index.html")


def forty_runs(tmp_path):
    languages = ("en", "zh", "es", "fr", "ru")
    tasks = [("starter_math", "exact_match"), ("starter_math", "bpb"), ("starter_code", "bpb")]
    for number in range(40):
        cells = [
            cell(
                task=task,
                metric=metric,
                language=language,
                higher_is_better=metric != "bpb",
                sample_file="",
            )
            for task, metric in tasks
            for language in languages
        ]
        name = f"a-model-with-a-long-name-{number}"
        path = tmp_path / "runs" / "reports" / name / "record.json"
        write_record(
            path, record(run_id=name, model=name, experiment=None, variant=None, cells=tuple(cells))
        )


def test_the_first_page_of_forty_runs_is_below_200_kb_with_all_that_it_loads(tmp_path):
    forty_runs(tmp_path)
    built(tmp_path)
    page = (tmp_path / "site" / "index.html").read_text()
    loaded = re.findall(r'(?:<script src|rel="stylesheet" href)="([^"]+)"', page)
    assert {"assets/site.css", "assets/theme.js", "assets/ranking.js"} <= set(loaded)
    size = len(page.encode()) + sum((tmp_path / "site" / one).stat().st_size for one in loaded)
    assert size < 200_000
    assert page.count("a-model-with-a-long-name-39<") >= 2


def test_rankings_without_room_stand_on_further_pages_that_link_to_each_other(
    tmp_path, monkeypatch
):
    forty_runs(tmp_path)
    monkeypatch.setattr(ranking_page, "_MOST", 40_000)
    built(tmp_path)
    pages = ["index.html"]
    pages += [f"rankings/{p.name}" for p in (tmp_path / "site" / "rankings").iterdir()]
    assert len(pages) > 2
    sections = {path: shown(tmp_path, path).count('class="ranking"') for path in pages}
    for path in pages:
        links = re.findall(r'<li><a href="([^"]+)" data-task', shown(tmp_path, path))
        assert len(links) == sum(sections.values()) - sections[path]
        assert all((tmp_path / "site" / path).parent.joinpath(link).is_file() for link in links)


@pytest.mark.parametrize(
    ("origin", "told"), [("own", 'class="origin own">own<'), ("published", ">published<")]
)
def test_own_and_published_are_told_in_words(tmp_path, origin, told):
    stored_run(tmp_path)
    built(tmp_path)
    assert told in shown(tmp_path, "index.html")
