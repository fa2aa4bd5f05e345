"""Who may import whom (docs/architecture.md), and what a start of the command line may load."""

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "ultralink_data": set(),
    "tasks": {"ultralink_data"},
    "train": {"ultralink_data"},
    "leaderboard": {"ultralink_data", "tasks"},
    "harness": {"ultralink_data", "tasks", "train", "leaderboard"},
}
HEAVY = {"lm_eval", "matplotlib", "numpy", "pandas", "rich", "torch", "transformers"}
OPTIONAL = {"bitsandbytes", "flash_attn", "mlflow", "vllm", "wandb"}


def imported(source: str) -> Iterator[tuple[int, str]]:
    """Line and top-level name of every absolute import, those inside functions included.

    A literal in a call (`import_module("train.loop")`, `find_spec("vllm")`) counts as an import.
    """
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found = [alias.name for alias in names]
            case ast.ImportFrom(module=str(module), level=0):
                found = [module]
            case ast.Call(func=ast.Name(id=call) | ast.Attribute(attr=call), args=[first, *_]) if (
                call in {"import_module", "__import__", "find_spec"}
            ):
                if isinstance(first, ast.JoinedStr):
                    first = first.values[0]
                if not isinstance(first, ast.Constant):
                    continue
                found = [str(first.value)]
            case _:
                continue
        for name in found:
            yield node.lineno, name.partition(".")[0]


def files() -> list[Path]:
    return [path for room in MAY_IMPORT for path in sorted((ROOT / room).rglob("*.py"))]


def against_the_direction(room: str, source: str) -> list[tuple[int, str]]:
    forbidden = (set(MAY_IMPORT) | {"tests", "benchmarks"}) - MAY_IMPORT[room] - {room}
    return [(line, name) for line, name in imported(source) if name in forbidden]


def test_imports_point_one_way():
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == set(MAY_IMPORT)
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: imports {name}"
        for path in files()
        for line, name in against_the_direction(path.relative_to(ROOT).parts[0], path.read_text())
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "source",
    [
        "import harness.statistics.estimators",
        "from harness import stats",
        "def f():\n    from harness.statistics.estimators import mean",
        "if TYPE_CHECKING:\n    import harness",
        "importlib.import_module('harness.statistics.estimators')",
        "import_module(f'harness.commands.{name}')",
    ],
)
def test_every_form_of_import_is_seen(source):
    assert [name for _, name in against_the_direction("tasks", source)] == ["harness"]
    assert against_the_direction("harness", source) == []


def test_every_imported_package_is_a_declared_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {re.split(r"[\[<>=!;~ ]", line)[0] for line in project["dependencies"]}
    declared_modules = {
        module
        for module, names in packages_distributions().items()
        if {name.lower().replace("_", "-") for name in names} & declared
    }
    known = declared_modules | OPTIONAL | set(MAY_IMPORT) | set(sys.stdlib_module_names)
    undeclared = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in files()
        for line, name in imported(path.read_text())
        if name not in known
    ]
    assert undeclared == []


@pytest.mark.parametrize("arguments", [[], ["run"], ["data", "prune"]])
def test_help_loads_nothing_heavy(arguments):
    code = (
        "import sys, harness.cli\n"
        f"try: harness.cli.main({[*arguments, '--help']!r})\n"
        "except SystemExit as end: assert not end.code\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.startswith("usage: ultralink-bench")
    loaded = set(done.stderr.split())
    assert "harness.cli" in loaded
    assert loaded & HEAVY == set()


def test_a_module_name_and_a_class_name_stand_once():
    modules = Counter(path.stem for path in files() if path.stem != "__init__")
    classes = Counter(
        node.name
        for path in files()
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
    )
    assert {name for name, count in (modules + classes).items() if count > 1} == set()


def test_every_folder_says_what_lives_there_and_where_data_come_from_and_go():
    for room in MAY_IMPORT:
        for path in sorted((ROOT / room).rglob("__init__.py")):
            said = ast.get_docstring(ast.parse(path.read_text())) or ""
            lines = [line for line in said.splitlines() if line]
            assert len(lines) >= 2, (
                f"{path.relative_to(ROOT)}: what lives there, and whence, whither"
            )
