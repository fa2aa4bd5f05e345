"""A store with everything that a paper is made of: experiments, answers, a judge, datasets."""

from pathlib import Path
from typing import Any

import msgspec
from report_examples import LANGUAGES, cell, effect, record, report, starter_report

from leaderboard.judged_records import JudgedReport, write_judged
from leaderboard.records import RunRecord, write_record
from leaderboard.transfer_tables import Transfer, transfer_tables
from tasks.judging.judge import JudgeVerdict, Result
from tasks.judging.win_rate import win_rate
from tasks.saved_rows import Outcome, Sample
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.llm.client import Usage
from ultralink_data.llm.endpoint import Endpoint
from ultralink_data.store import dataset

HOSTILE_NAMES = (
    r"$x$ \input{/etc/passwd} 100% _#&{}^~",
    "<script>alert(1)</script> | [a](javascript:b) -- ,,",
    "a-model/" + "of_a_very_long_name_without_any_blank" * 4,
    "模型 модель نموذج \u202eevil\u202c é ß × †",
    "=1+1\n\\end{document}",
)


def write_store(folder: Path, model: str = "Ours-7b") -> Path:
    """Two experiments, two models of mgsm with answers, a judged comparison and a dataset."""
    reports = folder / "reports"
    write_record(reports / "prune-starter" / "report.json", starter_report())
    write_record(reports / "languages-starter" / "report.json", languages_report())
    for number, (name, value) in enumerate(((model, 0.4), (f"{model} again", 0.3))):
        write_record(reports / "eval" / f"run{number}.json", mgsm_record(name, value, number))
    for language in LANGUAGES:
        path = reports / "eval" / "samples" / f"mgsm_{language}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"".join(answer_line(n, language) for n in range(40)))
    write_comparison(reports / "judged", model)
    rows = [dialogue(n, language) for language in LANGUAGES for n in range(3)]
    dataset.write(folder / "datasets" / "abc", rows, recipe="prune(keep=1/8, seed=0)")
    return folder


def languages_report() -> Any:
    """An experiment with a transfer matrix, whose cells have colours."""
    transfers = [
        Transfer(
            own=own,
            effect=effect(
                variant=f"without-{out}",
                reference="every-language",
                language=scored,
                metric="bpb",
                unit="log-ratio",
                effect=-0.1 if own else -0.03,
                low=-0.2,
                high=-0.01,
                p_holm=None if own else 0.01,
            ),
        )
        for out in LANGUAGES
        for scored in LANGUAGES
        if (own := out == scored) or True
    ]
    return report(experiment="languages", tables=tuple(transfer_tables("languages", transfers)))


def mgsm_record(model: str, value: float, number: int) -> RunRecord:
    """A model's scores of mgsm, in five languages."""
    return record(
        run_id=f"r{number}",
        model=model,
        experiment=None,
        variant=None,
        profile=None,
        seed=None,
        task_versions={"mgsm": "6"},
        protocols={"mgsm": "native-cot"},
        git_commit="0123456789abcdef",
        cells=tuple(
            cell(
                task="mgsm",
                language=language,
                value=value + place / 100,
                sample_file=f"samples/mgsm_{language}.jsonl",
            )
            for place, language in enumerate(LANGUAGES)
        ),
    )


def answer_line(number: int, language: str) -> bytes:
    sample = Sample(
        problem_id=str(number),
        language=language,
        index=0,
        prompt="?",
        generation="x" * (number * 7 % 300),
        extracted=None,
        outcome=Outcome.WRONG,
    )
    return msgspec.json.encode(sample) + b"\n"


def write_comparison(folder: Path, model: str = "m") -> None:
    """A judge that takes whatever it is shown first in three of four comparisons."""
    verdicts = [
        JudgeVerdict(
            problem_id=str(number),
            language=language,
            model_first=first,
            result=Result.WIN if first == (number % 4 > 0) else Result.LOSS,
        )
        for language in ("en", "zh")
        for number in range(40)
        for first in (True, False)
    ]
    lengths = {str(number): (100 + number, 120) for number in range(40)}
    scores = {
        language: {"full": win_rate([v for v in verdicts if v.language == language], lengths)}
        for language in ("en", "zh")
    }
    endpoint = Endpoint(base_url="http://localhost", model="judge-1")
    written = JudgedReport(
        schema=1,
        kind="judged",
        task="omgeval",
        model=model,
        baseline="text-davinci-003",
        judge="judge-1",
        base_url="http://localhost",
        endpoint=endpoint.identity,
        left_out=(),
        protocol="both orders",
        structured=False,
        limit=None,
        templates={},
        scores=scores,
        void=(),
        notes=(),
        usage=Usage(),
    )
    write_judged(folder / "report.json", written)
    for language in ("en", "zh"):
        lines = (msgspec.json.encode(v) + b"\n" for v in verdicts if v.language == language)
        (folder / f"verdicts_{language}.jsonl").write_bytes(b"".join(lines))


def dialogue(number: int, language: str) -> Dialogue:
    return Dialogue(
        id=f"{language}_math_{number}",
        language=language,
        kind="math",
        turns=("How many?", "7" * (5 + 10 * number)),
        provenance=Provenance(source_id=str(number)),
    )
