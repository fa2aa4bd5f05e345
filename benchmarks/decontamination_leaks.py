"""Planted leaks: benchmark problems turned into training rows, as `decontamination.py` needs them.

Every transform takes a problem and gives a row, or None where it cannot be made. Texts in
other languages are the benchmarks' own human translations; the language of the row is taken out of
the index that looks for it, so that it stands for a language that the benchmark has no file of.
"""

import ast
import builtins
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tasks.benchmarks.humaneval import HumanEvalProblem
from tasks.benchmarks.mgsm import MgsmProblem
from ultralink_data.dialogue import Dialogue, Kind, Provenance

ANSWERS = {
    "en": "The answer is {}.",
    "es": "La respuesta es {}.",
    "fr": "La réponse est {}.",
    "ru": "Ответ: {}.",
    "zh": "答案是{}。",
}


@dataclass(frozen=True)
class Leak:
    """A row, the problem that it is, and how it was made."""

    row: Dialogue
    problem_id: str
    transform: str
    number: int


def row(language: str, kind: Kind, name: str, *turns: str) -> Dialogue:
    """A training row whose ids give nothing away."""
    source = Provenance(source_id=f"planted/{name}")
    return Dialogue(id=f"row-{name}", language=language, kind=kind, turns=turns, provenance=source)


def math_leaks(problems: Sequence[MgsmProblem], chats: Sequence[tuple[str, ...]]) -> Iterator[Leak]:
    """MGSM's problems of one language in every transform."""
    for number, problem in enumerate(problems):
        draw = random.Random(f"{problem.language}/{number}")
        for transform, make in MATH.items():
            turns = make(problem, draw, chats)
            if turns is not None:
                name = f"{problem.language}-{transform}-{number}"
                made = row(problem.language, "math", name, *turns)
                yield Leak(made, problem.problem_id, transform, number)


def _answer(problem: MgsmProblem) -> str:
    return ANSWERS[problem.language].format(problem.answer)


def _translated(problem: MgsmProblem, draw: random.Random, chats: object) -> tuple[str, ...]:
    return problem.question, _answer(problem)


def _reordered(problem: MgsmProblem, draw: random.Random, chats: object) -> tuple[str, ...]:
    """Sentences in another order, without capitals: names are gone, so is the order of numbers."""
    sentences = re.split(r"(?<=[.!?。！？])\s*", problem.question)
    return " ".join(reversed(sentences)).strip().lower(), _answer(problem)


def _embedded(
    problem: MgsmProblem, draw: random.Random, chats: Sequence[tuple[str, ...]]
) -> tuple[str, ...]:
    """In the middle of a long chat, with words and a number before the question."""
    before, after = draw.choice(chats), draw.choice(chats)
    asked = f"({draw.randrange(2, 30)}) {problem.question}\n?? 👉"
    return *before, asked, f"**{problem.answer}**\n\n{_answer(problem)}", *after


def _backward(problem: MgsmProblem, draw: random.Random, chats: object) -> tuple[str, ...] | None:
    """MetaMath's FOBAR form: one number is x, the answer is given."""
    numbers = list(re.finditer(r"\d[\d.,]*\d|\d", problem.question))
    if not numbers:
        return None
    hidden = draw.choice(numbers)
    text = problem.question[: hidden.start()] + "x" + problem.question[hidden.end() :]
    return f"{text} ({_answer(problem)} x = ?)", f"x = {hidden[0]}"


def _boxed(problem: MgsmProblem, draw: random.Random, chats: object) -> tuple[str, ...]:
    return f"Q: {problem.question}", f"$$\\boxed{{{problem.answer}}}$$"


MathTransform = Callable[
    [MgsmProblem, random.Random, Sequence[tuple[str, ...]]], "tuple[str, ...] | None"
]
MATH: dict[str, MathTransform] = {
    "math, translated": _translated,
    "math, translated, boxed": _boxed,
    "math, translated, in a long chat": _embedded,
    "math, translated, sentences reversed": _reordered,
    "math, translated, backward (x)": _backward,
}


def code_leaks(
    problems: Sequence[HumanEvalProblem], chats: Sequence[tuple[str, ...]]
) -> Iterator[Leak]:
    """HumanEval's problems of one language in every transform."""
    for number, problem in enumerate(problems):
        draw = random.Random(f"{problem.language}/{number}")
        for transform, make in CODE.items():
            turns = make(problem, draw, chats)
            if turns is not None:
                name = f"{problem.language}-code-{transform}-{number}"
                made = row(problem.language, "code", name, *turns)
                yield Leak(made, problem.problem_id, transform, number)


def _docstring(problem: HumanEvalProblem, *, examples: bool) -> str:
    found = re.findall(r"(?:\"\"\"|''')(.*?)(?:\"\"\"|'''|\Z)", problem.prompt, re.S)
    text = found[-1] if found else problem.prompt
    return (text if examples else text.split(">>>")[0]).strip() or "?"


def _fenced(code: str) -> str:
    return f"```python\n{code}\n```"


def _kept(problem: HumanEvalProblem, draw: random.Random, chats: object) -> tuple[str, ...]:
    code = problem.original + problem.canonical_solution
    return _docstring(problem, examples=True), _fenced(code)


def _renamed(problem: HumanEvalProblem, draw: random.Random, chats: object) -> tuple[str, ...]:
    return _docstring(problem, examples=False), _fenced(rewritten(problem, draw))


def _constants(problem: HumanEvalProblem, draw: random.Random, chats: object) -> tuple[str, ...]:
    code = rewritten(problem, draw, constants=True)
    return _docstring(problem, examples=False), _fenced(code)


def _layout(problem: HumanEvalProblem, draw: random.Random, chats: object) -> tuple[str, ...]:
    code = rewritten(problem, draw, layout=True)
    return "?", f"...\n\n{_fenced(code)}\n\n..."


def _code_embedded(
    problem: HumanEvalProblem, draw: random.Random, chats: Sequence[tuple[str, ...]]
) -> tuple[str, ...]:
    before, after = draw.choice(chats), draw.choice(chats)
    asked, reply = _renamed(problem, draw, chats)
    return *before, asked, f"{reply}\n\nOK?", *after


def _examples_only(
    problem: HumanEvalProblem, draw: random.Random, chats: object
) -> tuple[str, ...] | None:
    """The text with its examples under another name, and no program that could be known."""
    text = _docstring(problem, examples=True)
    if ">>>" not in text and "==" not in text and "➞" not in text:
        return None
    return text.replace(problem.entry_point, "solve"), "TODO"


CodeTransform = Callable[
    [HumanEvalProblem, random.Random, Sequence[tuple[str, ...]]], "tuple[str, ...] | None"
]
CODE: dict[str, CodeTransform] = {
    "code, translated": _kept,
    "code, translated, renamed": _renamed,
    "code, translated, renamed, constants changed": _constants,
    "code, no text, renamed, other layout": _layout,
    "code, translated, renamed, in a long chat": _code_embedded,
    "code, translated, examples kept, no program": _examples_only,
}

_BUILTINS = frozenset(dir(builtins))


class _Rewriter(ast.NodeTransformer):
    """Renames what a program defines; changes constants or layout, if asked."""

    def __init__(self, tree: ast.AST, draw: random.Random, constants: bool, layout: bool) -> None:
        names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        names |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
        names |= {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
        imported = {
            (alias.asname or alias.name).split(".")[0]
            for n in ast.walk(tree)
            if isinstance(n, ast.Import | ast.ImportFrom)
            for alias in n.names
        }
        own = sorted(names - _BUILTINS - imported)
        self._names = {name: f"v{draw.randrange(10**6)}" for name in own}
        self._constants, self._layout = constants, layout

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self._names.get(node.arg, node.arg)
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._names.get(node.name, node.name)
        node.returns = None
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        self.generic_visit(node)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if self._constants and type(node.value) is int:
            return ast.copy_location(ast.Constant(node.value + 3), node)
        if self._constants and isinstance(node.value, str):
            return ast.copy_location(ast.Constant(node.value + "q"), node)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if not self._layout or not isinstance(node.target, ast.Name):
            return node
        value = ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value)
        return ast.Assign([node.target], value)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        flipped = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE}
        if self._layout and len(node.ops) == 1 and type(node.ops[0]) in flipped:
            op = flipped[type(node.ops[0])]()
            return ast.Compare(node.comparators[0], [op], [node.left])
        return node


def rewritten(
    problem: HumanEvalProblem,
    draw: random.Random,
    *,
    constants: bool = False,
    layout: bool = False,
) -> str:
    """The canonical program without docstring and annotations, under other names."""
    tree = ast.parse(problem.original + problem.canonical_solution)
    changed = _Rewriter(tree, draw, constants, layout).visit(tree)
    return ast.unparse(ast.fix_missing_locations(changed))
