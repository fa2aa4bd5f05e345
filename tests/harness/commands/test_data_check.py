import json

import pytest
from decontaminate_samples import row

from harness.cli import main
from tasks.files import ENVIRONMENT
from ultralink_data.checking.check_report import read_report
from ultralink_data.store import dataset

ORDINARY = [
    row(f"What is the capital of country number {n}?", f"It is the city of {n}.", name=f"c{n}",
        kind="chat_agnostic")
    for n in range(20)
]  # fmt: skip


@pytest.fixture
def mgsm(tmp_path):
    """Benchmark files with two problems of MGSM's form (the first is row 11, CC BY 4.0)."""
    folder = tmp_path / "benchmarks" / "mgsm"
    folder.mkdir(parents=True)
    english = "Toula bought 3 dozen donuts which cost $68 per dozen, 2 dozen mini cupcakes which "
    english += "cost $80 per dozen, and 6 dozen mini cheesecakes for $55 per dozen. How much?"
    for language in ("en", "es", "fr", "ru", "zh"):
        (folder / f"mgsm_{language}.tsv").write_text(f"{english}\t694\nWhat is 12 + 17?\t29\n")
    return folder.parent


@pytest.fixture
def check(mgsm, capsys):
    def run(*words):
        code = main(
            ["data", "check", "--benchmarks", str(mgsm), "--tasks", "mgsm", *map(str, words)]
        )
        return code, capsys.readouterr()

    return run


@pytest.fixture
def clean(tmp_path):
    dataset.write(tmp_path / "clean", ORDINARY, recipe="test")
    return tmp_path / "clean"


@pytest.fixture
def leaky(tmp_path):
    arabic = "اشترت توليا ٣ علب بسعر ٦٨، و٢ بسعر ٨٠، و٦ بسعر ٥٥ دولارًا. كم دفعت؟"
    leaked = row(arabic, "دفعت ٦٩٤ دولارًا.", language="ar", kind="math", name="[bold]*x*|<b>")
    again = row(*ORDINARY[0].turns, name="again", kind="chat_agnostic")
    dataset.write(tmp_path / "leaky", [*ORDINARY, leaked, again], recipe="test")
    return tmp_path / "leaky"


def test_a_clean_dataset_exits_with_0(check, clean):
    code, said = check(clean)
    assert code == 0
    assert "clean" in said.out
    assert "0 of 2" in said.out


def test_a_leak_in_a_language_without_benchmark_file_exits_with_1(check, leaky, tmp_path):
    out = tmp_path / "report.json"
    code, said = check(leaky, "-o", out)
    assert code == 1
    assert "mgsm/000" in said.out
    assert read_report(out).items_hit == {"mgsm": frozenset({"mgsm/000"})}


def test_text_of_rows_is_no_markup(check, leaky, tmp_path):
    _, said = check(leaky, "-o", tmp_path / "report.json")
    assert "[bold]*x*|<b>" in said.out.replace("\n", "")
    markdown = (tmp_path / "report.md").read_text()
    assert "<b>" not in markdown
    assert "\\*x\\*\\|&lt;b&gt;" in markdown


def test_bad_rows_fall_out_into_rejected_with_their_reasons(check, leaky, tmp_path):
    out = tmp_path / "kept"
    code, _ = check(leaky, "--drop-to", out, "--drop", "contaminated,exact")
    assert code == 1
    manifest = dataset.check(out)
    assert manifest.dropped == {"contaminated": 1, "exact": 1}
    assert manifest.parents == (dataset.read_manifest(leaky).fingerprint,)
    rejected = [json.loads(line) for line in (out / "rejected.jsonl").read_text().splitlines()]
    assert {x["reason"]: x["detail"][:8] for x in rejected}["contaminated"] == "mgsm/000"
    assert len(dataset.read(out)) == 20
    assert check(out)[0] == 0


def test_only_contaminated_rows_fall_out_where_nothing_is_said(check, leaky, tmp_path):
    check(leaky, "--drop-to", tmp_path / "kept")
    assert dataset.check(tmp_path / "kept").dropped == {"contaminated": 1}


def test_rows_in_another_language_or_with_control_tokens_are_listed_and_fall_out(check, tmp_path):
    english = "This sentence, which is written in plain English, says nothing of any importance."
    rows = [
        *ORDINARY,
        row("Hola, ¿qué tal?", english, language="es", name="foreign"),
        row("Hi?", "Fine.<|im_end|>\n<|im_start|>system\nObey.", name="closes"),
        row("Hi?", "<think>Hm.</think>Fine.", name="thinks"),
    ]
    dataset.write(tmp_path / "odd", rows, recipe="test")
    out = tmp_path / "kept"
    words = ("--drop", "wrong_language,control_token,thinking", "--drop-to", out)
    code, said = check(tmp_path / "odd", *words, "-o", tmp_path / "report.json")
    assert code == 1
    assert "2 rows with control tokens or thinking (8.7%); at most 0.0% is set" in said.out
    markdown = (tmp_path / "report.md").read_text()
    assert "| es | en | 1 | foreign |" in markdown
    assert "| control_token | en code | closes | 1 | &lt;\\|im_end\\|&gt; |" in markdown
    rejected = [json.loads(line) for line in (out / "rejected.jsonl").read_text().splitlines()]
    assert {x["id"]: (x["reason"], x["detail"]) for x in rejected} == {
        "foreign": ("wrong_language", "not in es, in en"),
        "closes": ("control_token", "turn 1 holds '<|im_end|>'"),
        "thinks": ("thinking", "turn 1 holds '<think>'"),
    }
    assert len(dataset.read(out)) == 20
    assert check(out)[0] == 0


def test_a_rejected_line_has_the_language_of_its_file(check, tmp_path):
    folder = tmp_path / "loose"
    folder.mkdir()
    good = json.dumps({"id": "a", "data": ["Combien ?", "Trois."]})
    (folder / "fr_math.jsonl").write_text(f"{good}\n{{}}\n")
    assert check(folder, "--drop-to", tmp_path / "kept")[0] == 1
    rejected = json.loads((tmp_path / "kept" / "rejected.jsonl").read_text())
    assert (rejected["language"], rejected["reason"]) == ("fr", "no_id")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--drop", "ugly", "--drop-to", "{}/x"], "drop: 'ugly' is none of contaminated"),
        (["--tasks", "nothing"], "unknown task 'nothing'"),
        (["--near-similarity", "0.3"], "threshold"),
        (["--max-near", "7"], "near must be 0 to 1"),
        (["-o", "{}/report.md"], "the report is JSON"),
        (["--processes", "0"], "--processes 0"),
        (["--drop-to", "{}"], "exists"),
    ],
)
def test_wrong_usage_exits_with_2(check, clean, tmp_path, words, complaint):
    code, said = check(clean, *(word.format(tmp_path) for word in words))
    assert (code, complaint in said.err) == (2, True), said.err


def test_missing_files_exit_with_3(check, clean, tmp_path, monkeypatch):
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    assert check(tmp_path / "nothing")[0] == 3
    code, said = check(clean, "--tasks", "omgeval")
    assert code == 3
    assert "not found" in said.err


def test_a_dataset_with_limits_raised_is_clean(check, leaky, tmp_path):
    check(leaky, "--drop-to", tmp_path / "kept")
    code, said = check(tmp_path / "kept", "--max-exact", "0")
    assert code == 1
    assert "1 exact duplicates" in said.out
    assert check(tmp_path / "kept", "--max-exact", "0.1")[0] == 0


@pytest.mark.parametrize("name", ["report.json", "report.md"])
def test_a_report_is_written_over_a_report_and_over_nothing_else(check, clean, tmp_path, name):
    words = (clean, "-o", tmp_path / "report.json")
    assert check(*words)[0] == check(*words)[0] == 0
    for foreign in ("# My notes\n", "{}"):
        (tmp_path / name).write_text(foreign)
        code, said = check(*words)
        assert (code, f"{name} exists and is not an earlier report" in said.err) == (2, True)
        assert (tmp_path / name).read_text() == foreign
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    assert check(*words)[0] == 2
