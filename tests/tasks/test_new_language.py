"""A language is one file: a made-up one, added to a copy of the packages, works everywhere."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tasks.files import ENVIRONMENT

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("ultralink_data", "tasks", "train", "leaderboard", "harness")
CODE = "qaa"  # kept free for private use by ISO 639-2

LANGUAGE_FILE = r'''"""A made-up language."""

from ultralink_data.languages.sections import (
    AnswerPhrases,
    Builder,
    Language,
    MgsmTexts,
    NumberForms,
    NumberWords,
    Translate,
    Writing,
    WorkedAnswer,
)
from ultralink_data.unit_sizes import UNIT_DIMENSIONS

LANGUAGE = Language(
    code="qaa",
    writing=Writing(
        scripts=("LATIN",),
        spaces=True,
        sentence_marks=True,
        characters_a_token=4,
        elides=False,
        lower="",
        alike="",
        left_out="",
        option_letters="A-H",
        unknowns="x",
        identified_as=(),
    ),
    builder=Builder(
        answer_sentence="Zu vorta kel {answer}.",
        code_request="Fina Python:\n\n{prompt}",
        code_reply="Vela:",
    ),
    translate=Translate(
        english_name="Qaan",
        own_name="qaani",
        instruction="Tradu <text> </text>.",
        chat="Kom.",
        math="Mat: {answer_line}",
        code="Kod.",
        keep_names="Nomi.",
        localise_names="Nomi qaan.",
        closing="Nur tradu.",
        next_turn="Tradu.",
        answer_line="Vorta kel: {answer}",
        translating="tradu",
        length=(0.5, 1.0, 2.0),
    ),
    numbers=NumberWords(
        decimal_mark=",",
        group_marks=". ",
        words="2 duo; 9 nau; 1000 mila",
        joiners=(),
        prefix="",
        compounds=False,
        teen="",
        article="",
        openings=(),
        endings=(),
        ambiguous=(),
        units_first=False,
        scale_first=False,
        scales=(1000,),
        short_tails=False,
        decimal_words=(),
        construct={},
        characters=False,
        minus=("minu",),
        equals=("kel",),
        idioms=(),
    ),
    forms=NumberForms(
        single={},
        and_half="e duon",
        added_before={},
        parts={2: "duon", 3: "trion", 4: "kvaron"},
        lone_one="",
        centuries=False,
        rebate="",
        dual_endings=(),
        not_duals="",
        ordinals={},
    ),
    units=dict.fromkeys(UNIT_DIMENSIONS, "uno"),
    phrases=AnswerPhrases(
        refusals=("mi ne pova",),
        prefaces=("jen tradu",),
        source_mentions=("laut dokum",),
        question_mark="?",
        next_question=("kesta",),
    ),
    source_words=None,
    ground=None,
    mgsm=MgsmTexts(
        question="Kesta: ",
        answer="Vorta:",
        answer_step_by_step="Vorta po paso:",
        direct_instruction="{question}\n\nNur zu vorta.",
        native_cot_instruction="{question}\n\nPo paso.",
        answer_phrases=(r"\bvorta kel\b:?",),
        worked=WorkedAnswer(
            step=("paso",),
            numbered=(),
            supposed=("se",),
            operators=("u",),
            currencies=(),
            result="",
            denied="",
            denied_after="",
            qualifying="",
            qualifying_clause="",
            part_of="",
            qualified_after="",
            label="",
            purpose="",
            needed="",
            difference="",
            rechecks="",
            confirms="",
            taken_back="",
            put_right="",
            asks="",
            asked=(),
        ),
    ),
    humaneval=None,
)
'''

ENGLISH = "Two thousand, and 125 more?\t2,125\nNine times two?\t18\n"
QAAN = "Duo mila u 125?\t2,125\nNau per duo?\t18\n"
SHOTS = {
    str(i): {"q": f"Kesta: {i} u 0?", "a": f"Vorta po paso: Zu vorta kel {i}."} for i in range(1, 9)
}

SCRIPT = r"""
import json, sys
from pathlib import Path

import tasks.benchmarks.mgsm
from tasks import eval_config, registry
from tasks.benchmark import Generation
from ultralink_data.errors import ConfigError

root, outputs = Path(sys.argv[1]), json.loads(sys.argv[2])
benchmark = registry.get("mgsm")
problems = benchmark.problems("qaa", root)
by_id = {p.problem_id: p for p in problems}
run = eval_config.TaskRun(task="mgsm", languages=("qaa",), protocol="direct")
eval_config.check(eval_config.EvalConfig(runs=(run,)))
try:
    refused = benchmark.request(problems[0], "reference_direct").prompt
except ConfigError as error:
    refused = error.message
grades = benchmark.grade(
    by_id, [Generation(problem_id=i, text=t) for i, t in outputs], "native_cot"
)
print(json.dumps({
    "file": tasks.benchmarks.mgsm.__file__,
    "languages": benchmark.languages,
    "humaneval": registry.get("humaneval").languages,
    "problems": [[p.problem_id, p.question, p.answer] for p in problems],
    "prompts": {
        p: benchmark.request(problems[0], p).prompt
        for p in benchmark.protocols if not p.startswith("reference")
    },
    "stop": benchmark.request(problems[0], "direct_8shot").stop,
    "reference": benchmark.reference(problems[0], "direct").target,
    "refused": refused,
    "grades": [[g.extracted, g.outcome.value, g.detail] for g in grades],
}))
"""

ANSWERS = [
    ("mgsm/000", "2000 u 125, 7 fina. Zu vorta kel 2.125.", "2125", "correct"),
    ("mgsm/000", "Zu vorta kel 2 125,00!", "2125", "correct"),
    ("mgsm/000", "Zu vorta kel -2125.", "-2125", "wrong"),
    ("mgsm/001", "Zu vorta kel 18,0. Nau u nau 9.", "18", "correct"),
    ("mgsm/001", "The answer is 18. 9 + 9.", "18", "correct"),
    ("mgsm/001", "Zu vorta kel 18,5.", "18.5", "wrong"),
    ("mgsm/001", "nil", None, "no_answer"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages with one more file in `languages`, and benchmark files beside them."""
    folder = tmp_path_factory.mktemp("project")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    file = folder / "ultralink_data" / "languages" / f"{CODE}.py"
    file.write_text(LANGUAGE_FILE, "utf-8")
    data = folder / "data" / "mgsm"
    data.mkdir(parents=True)
    (data / "mgsm_en.tsv").write_text(ENGLISH, "utf-8")
    (data / f"mgsm_{CODE}.tsv").write_text(QAAN, "utf-8")
    exemplars = {
        "EXEMPLAR_NUMBER_ANSWERS": list(range(1, 9)),
        "EXEMPLAR_EQUATION_SOLUTIONS": ["" for _ in SHOTS],
        "MGSM_EXEMPLARS": {CODE: SHOTS},
    }
    (data / "exemplars.json").write_text(json.dumps(exemplars), "utf-8")
    return folder


def ended(
    copy: Path, *arguments: str, piped: str | None = None
) -> subprocess.CompletedProcess[str]:
    """How Python ends in the copy."""
    environment = {k: v for k, v in os.environ.items() if k != ENVIRONMENT}
    environment |= {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env=environment,
        input=piped,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def run(copy: Path, *arguments: str) -> str:
    """What Python prints in the copy."""
    done = ended(copy, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def seen(copy: Path) -> dict[str, Any]:
    outputs = [(problem, text) for problem, text, _, _ in ANSWERS]
    found: dict[str, Any] = json.loads(
        run(copy, "-c", SCRIPT, str(copy / "data"), json.dumps(outputs))
    )
    assert Path(found["file"]).is_relative_to(copy)
    return found


def test_it_is_found_by_looking(seen: dict[str, Any]) -> None:
    assert CODE in seen["languages"]
    assert CODE not in seen["humaneval"]  # its section is None
    assert seen["problems"] == [
        ["mgsm/000", "Duo mila u 125?", 2125],
        ["mgsm/001", "Nau per duo?", 18],
    ]


def test_requests_are_in_the_language(seen: dict[str, Any]) -> None:
    prompts = seen["prompts"]
    assert prompts["direct"] == "Duo mila u 125?\n\nNur zu vorta."
    assert prompts["native_cot"] == "Duo mila u 125?\n\nPo paso."
    assert prompts["en_cot"].startswith("Duo mila u 125?\n\nSolve the problem")
    assert prompts["direct_8shot"].startswith("Kesta: 1 u 0?\nVorta: 1\n\nKesta: 2 u 0?")
    assert prompts["direct_8shot"].endswith("\n\nKesta: Duo mila u 125?\nVorta:")
    assert prompts["native_cot_8shot"].endswith("\n\nKesta: Duo mila u 125?\nVorta po paso:")
    assert seen["stop"] == ["\nKesta:"]
    assert seen["reference"] == "Zu vorta kel 2125."
    assert "'qaa'" in seen["refused"]  # lm-eval has no tasks in it


@pytest.mark.parametrize("place", range(len(ANSWERS)), ids=[text for _, text, _, _ in ANSWERS])
def test_answers_are_graded_by_its_phrase_and_number_style(
    seen: dict[str, Any], place: int
) -> None:
    _, _, extracted, outcome = ANSWERS[place]
    assert seen["grades"][place][:2] == [extracted, outcome]


ENTRY = "import sys; from harness.cli import entry; sys.exit(entry())"


def test_the_command_line_shows_it(copy: Path) -> None:
    data = ("--benchmarks", str(copy / "data"))
    shown = run(copy, "-c", ENTRY, "tasks", "show", "mgsm", "--languages", CODE, *data)
    assert "Duo mila u 125?" in shown
    assert CODE in run(copy, "-c", ENTRY, "tasks", "list")


def test_saved_outputs_are_graded_by_the_command(copy: Path) -> None:
    outputs = copy / "outputs.jsonl"
    chosen = (ANSWERS[0], ANSWERS[3])
    rows = [{"problem_id": problem, "output": text} for problem, text, _, _ in chosen]
    outputs.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    words = ("grade", "mgsm", str(outputs), "--languages", CODE)
    run(copy, "-c", ENTRY, *words, "--benchmarks", str(copy / "data"))
    graded = (copy / "outputs.jsonl_outcomes.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(row)["outcome"] for row in graded] == ["correct", "correct"]


@pytest.fixture(scope="module")
def broken(copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another copy, in which each test writes a faulty file of the language."""
    return shutil.copytree(copy, tmp_path_factory.mktemp("broken") / "project")


def write_with(broken: Path, old: str, new: str) -> None:
    """The language's file with one passage changed."""
    assert LANGUAGE_FILE.count(old) == 1
    file = broken / "ultralink_data" / "languages" / f"{CODE}.py"
    file.write_text(LANGUAGE_FILE.replace(old, new), "utf-8")


def test_a_forgotten_field_fails_at_import_by_name(broken: Path) -> None:
    write_with(broken, '        decimal_mark=",",\n', "")
    script = (
        "from ultralink_data import languages\n"
        "from ultralink_data.errors import ConfigError\n"
        "try:\n    languages.get('qaa')\nexcept ConfigError as error:\n    print(error)\n"
    )
    said = run(broken, "-c", script)
    assert f"languages/{CODE}.py:" in said
    assert "decimal_mark" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('scripts=("LATIN",)', 'scripts="LATIN"', "field 'scripts' must be tuple[str, ...]"),
        (
            'scripts=("LATIN",)',
            'scripts=("LATN",)',
            "scripts must be names of Unicode in capitals, got ('LATN',)",
        ),
        ('minus=("minu",)', 'minus=("minu")', "field 'minus' must be tuple[str, ...], got 'minu'"),
        ("length=(0.5, 1.0, 2.0)", "length=(0.5, 1.0)", "field 'length' must be tuple[float"),
        (
            "characters_a_token=4",
            'characters_a_token="4"',
            "'characters_a_token' must be int",
        ),
        ('step=("paso",)', 'step="paso"', "field 'step' must be tuple[str, ...]"),
        ('r"\\bvorta kel\\b:?"', 'r"(vorta kel"', "'(vorta kel' is no regular expression"),
    ],
)
def test_a_wrong_value_is_named_with_file_and_line(
    broken: Path, old: str, new: str, said: str
) -> None:
    write_with(broken, old, new)
    words = ("tasks", "show", "mgsm", "--languages", CODE, "--benchmarks", str(broken / "data"))
    done = ended(broken, "-c", ENTRY, *words, piped="Zu vorta kel 18.")
    assert done.returncode == 2
    assert f"languages/{CODE}.py:" in done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
