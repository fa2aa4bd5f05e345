"""Results that lm-eval wrote are paired, and refused where it asked two things."""

import json

import pytest
from comparing_examples import lm_eval_copy, run_compare


@pytest.fixture
def sides(tmp_path):
    return lm_eval_copy(tmp_path, "a"), lm_eval_copy(tmp_path, "b")


def edit_results(folder, change):
    (path,) = folder.glob("results_*.json")
    results = json.loads(path.read_text())
    change(results)
    path.write_text(json.dumps(results))


def edit_samples(folder, task, change):
    (path,) = folder.glob(f"samples_{task}_*.jsonl")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(json.dumps(change(row)) + "\n" for row in rows))


def accuracies(folder, task):
    (path,) = folder.glob(f"samples_{task}_*.jsonl")
    return [json.loads(line)["acc"] for line in path.read_text().splitlines()]


def test_two_results_are_compared_by_language_with_lm_evals_own_scores(sides, capsys):
    code, out, err = run_compare(capsys, *sides)
    assert (code, err) == (0, "")
    assert out.startswith("Model B against model A")
    for language in ("en", "fr"):
        shown = [
            100 * sum(found) / 10 for s in sides if (found := accuracies(s, f"sum_{language}"))
        ]
        assert f"{language} {shown[0]:.1f} {shown[1]:.1f}" in out
    assert "non-en" in out


def test_bits_per_byte_are_ours_and_perplexities_are_named_as_left_out(sides, capsys):
    _, out, _ = run_compare(capsys, *sides)
    assert "texts bpb - " in out
    assert "left out of a: texts: word_perplexity (no mean over problems)" in out


def test_nested_folders_and_single_files_are_found(sides, tmp_path, capsys):
    (results,) = sides[1].glob("results_*.json")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "linked").symlink_to(sides[0])
    code, out, _ = run_compare(capsys, tmp_path / "deep", results)
    assert code == 0
    assert "sum acc en" in out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r["versions"].update(sum_en=2.0), "sum_en was asked with version 1.0 in one"),
        (
            lambda r: r["n-shot"].update(sum_en=5),
            "sum_en was asked with n-shot 0 in one and 5",
        ),
        (lambda r: r["configs"]["sum_fr"].update(doc_to_text="Q: {{q}}"), "doc_to_text '{{q}}'"),
        (
            lambda r: r["configs"]["sum_fr"].update(generation_kwargs={"temperature": 1}),
            "generation_kwargs None in one and {'temperature': 1}",
        ),
        (lambda r: r.update(chat_template_sha="x"), "through a chat template in one and without"),
        (lambda r: r.update(system_instruction_sha="x"), "two system instructions"),
    ],
)
def test_other_settings_are_refused_with_both_values(sides, capsys, change, said):
    edit_results(sides[1], change)
    code, _, err = run_compare(capsys, *sides)
    assert code == 3
    assert said in err


@pytest.mark.parametrize("what", ["target", "prompt"])
def test_other_documents_targets_and_prompts_are_refused(sides, capsys, what):
    edit_samples(sides[1], "sum_en", lambda r: {**r, f"{what}_hash": "0", "doc_hash": "0"})
    code, _, err = run_compare(capsys, *sides)
    assert code == 3
    assert "has another document" in err
    edit_samples(sides[0], "sum_en", lambda r: {**r, "doc_hash": "0"})
    code, _, err = run_compare(capsys, *sides)
    assert code == 3
    assert f"has another {what} in one than in the other" in err


def test_what_else_a_document_holds_is_no_matter(sides, capsys):
    edit_samples(sides[1], "sum_en", lambda r: {**r, "doc_hash": "0"})
    assert run_compare(capsys, *sides)[0] == 0


def test_a_metric_of_which_less_is_better_does_not_decide_and_is_turned(sides, capsys):
    for side, value in zip(sides, (1.0, 0.0), strict=True):

        def cut(row, value=value):
            return {**row, "metrics": ["cut", *row["metrics"]], "cut": value}

        edit_samples(side, "sum_en", cut)
        edit_results(side, lambda r: r["higher_is_better"]["sum_en"].update(cut=False))
    _, out, _ = run_compare(capsys, *sides, "--fail-on", "worse")
    assert out.index("sum acc") < out.index("cut")
    assert "cut en 100.0 0.0 +100.0 pt" in out
    assert "sum cut" not in out[out.index("--fail-on") :]


def test_our_own_problems_are_known_by_their_ids(sides, capsys):
    for side, tokenizer in zip(sides, "xy", strict=True):
        for language in ("en", "fr"):

            def own(row, tokenizer=tokenizer):
                doc = {"problem_id": f"mgsm/{row['doc_id']:03d}", "prompt": row["doc"]["q"]}
                hashes = {"doc_hash": tokenizer, "prompt_hash": tokenizer}
                return {**row, "doc": doc | {"tokenizer": tokenizer}, **hashes}

            edit_samples(side, f"sum_{language}", own)
        edit_results(side, lambda r, name=tokenizer: r.update(chat_template_sha=name))
    code, out, _ = run_compare(capsys, *sides)
    assert code == 0
    assert "sum acc en" in out


def test_an_integer_id_of_our_own_is_taken_as_its_digits(sides, capsys):
    for side, kind in zip(sides, (int, str), strict=True):
        for language in ("en", "fr"):

            def own(row, kind=kind):
                doc = {"problem_id": kind(900 + row["doc_id"]), "prompt": row["doc"]["q"]}
                return {**row, "doc": doc}

            edit_samples(side, f"sum_{language}", own)
    code, out, _ = run_compare(capsys, *sides)
    assert code == 0
    assert "sum acc en 30.0 10.0" in out


def test_two_chat_templates_are_two_models_prompts_and_are_said(sides, capsys):
    for side, name in zip(sides, "xy", strict=True):
        edit_results(side, lambda r, name=name: r.update(chat_template_sha=name))
        edit_samples(side, "sum_en", lambda r, name=name: {**r, "prompt_hash": name})
    code, out, _ = run_compare(capsys, *sides)
    assert code == 0
    assert "two chat templates: that their prompts agree is not checked" in out


@pytest.mark.parametrize("whose", [0, 1])
def test_fewer_documents_of_one_language_are_counted_and_the_rest_compared(sides, capsys, whose):
    (path,) = sides[whose].glob("samples_sum_fr_*.jsonl")
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:6]))
    fr = [accuracies(side, "sum_fr")[:6] for side in sides]
    en = [accuracies(side, "sum_en") for side in sides]
    assert (len(fr[0]), len(en[1])) == (6, 10)
    _, out, _ = run_compare(capsys, *sides)
    rows = (f"fr {100 * sum(fr[0]) / 6:.1f} {100 * sum(fr[1]) / 6:.1f}", "non-en")
    assert f"sum acc en {10 * sum(en[0]):.1f} {10 * sum(en[1]):.1f}" in out
    assert all(row in out for row in rows)
    assert "left out: b (sum acc fr 4 of 10" in out


def test_a_score_that_is_no_number_is_left_out_and_counted(sides, capsys):
    edit_samples(
        sides[1], "sum_en", lambda row: {**row, "acc": float("nan")} if row["doc_id"] == 2 else row
    )
    code, out, _ = run_compare(capsys, *sides)
    assert code == 0
    assert "left out of b: sum_en: acc: values that are no number: 1" in out
    assert "left out: b (sum acc en 1 of 10" in out


def test_results_without_samples_say_how_to_get_them(sides, capsys):
    for path in sides[1].glob("samples_*"):
        path.unlink()
    code, _, err = run_compare(capsys, *sides)
    assert code == 3
    assert "--log_samples" in err


def test_a_damaged_sample_is_named_with_its_line(sides, capsys):
    (path,) = sides[1].glob("samples_sum_en_*.jsonl")
    path.write_text(path.read_text().replace('"doc_id": 3', '"doc_id": "three"'))
    code, _, err = run_compare(capsys, *sides)
    assert code == 3
    assert f"{path}, line 4:" in err


def test_samples_alone_are_told_to_come_with_their_results(sides, capsys):
    (path,) = sides[1].glob("samples_sum_en_*.jsonl")
    code, _, err = run_compare(capsys, sides[0], path)
    assert code == 3
    assert "read with their results" in err
