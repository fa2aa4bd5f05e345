"""What counts as a stage's code, and what does not."""

import pytest

from harness.engine import source_hash as module
from harness.engine.source_hash import ALL, Use, closure, source_hash
from harness.engine.stages import STAGES

A = '"""What."""\nfrom ultralink_data import b\n\ndef f():\n    return b.g()\n'
LANGUAGE = "HALF = 2\n\nLANGUAGE = Language(a=Section(x=1), b=Section(x=HALF), translate=3)\n"
SAYS = "from ultralink_data import tongues\n\ndef f(code):\n    return tongues.get(code).a\n"
WALKS = "from ultralink_data import tongues\nX = [t.b for t in tongues.every()]\n"
FILES = {
    "ultralink_data/__init__.py": "",
    "ultralink_data/a.py": A,
    "ultralink_data/b.py": "def g():\n    import ultralink_data.late\n    return 1\n",
    "ultralink_data/late.py": "X = 1\n",
    "ultralink_data/relative.py": "from . import late\nfrom .b import g\n",
    "ultralink_data/other.py": "import json\nY = 1\n",
    "ultralink_data/texts/words.toml": "a = 1\n",
    "ultralink_data/plug/__init__.py": "import pkgutil as p\nF = p.iter_modules(__path__)\n",
    "ultralink_data/plug/one.py": "Z = 1\n",
    "ultralink_data/plug/prompt.txt": "Say\n",
    "ultralink_data/tongues/__init__.py": "import pkgutil as p\nF = p.iter_modules(__path__)\n",
    "ultralink_data/tongues/en.py": LANGUAGE,
    "ultralink_data/tongues/es.py": LANGUAGE,
    "ultralink_data/tongues/fr.py": LANGUAGE.replace("a=", "name='gaul', a="),
    "ultralink_data/says.py": SAYS,
    "ultralink_data/walks.py": WALKS,
    "ultralink_data/both.py": "import ultralink_data.walks\nimport ultralink_data.says\n",
}


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A small package; call it to change a file, it returns the hash of a module."""
    monkeypatch.setattr(module, "ROOT", tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    def hashed(name, changes=None, use=ALL):
        for path, text in (changes or {}).items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        module.forget()
        return source_hash(name, use)

    yield hashed
    module.forget()


@pytest.mark.parametrize(
    "changes",
    [
        {"ultralink_data/a.py": A.replace("What.", "Something else.")},
        {"ultralink_data/a.py": A.replace('"""What."""\n', "")},
        {"ultralink_data/a.py": "# a comment\n" + A},
        {"ultralink_data/a.py": A.replace("return b.g()", "return (\n        b.g()\n    )")},
        {"ultralink_data/a.py": A.replace("def f():\n", 'def f():\n    """Why."""\n')},
        {"ultralink_data/other.py": "Y = 2\n"},
        {"ultralink_data/plug/prompt.txt": "Do not say\n"},
        {"ultralink_data/__pycache__/a.cpython-311.pyc.1234": "half written"},
        {"ultralink_data/texts/.words.toml.swp": "of an editor"},
        {"README.md": "words"},
    ],
)
def test_what_changes_no_result_does_not_count(tree, changes):
    before = tree("ultralink_data.a")
    assert tree("ultralink_data.a", changes) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"ultralink_data/a.py": A.replace("b.g()", "b.g() + 1")},
        {"ultralink_data/b.py": "def g():\n    return 2\n"},
        {"ultralink_data/late.py": "X = 2\n"},
        {"ultralink_data/__init__.py": "V = 1\n"},
        {"ultralink_data/texts/words.toml": "a = 2\n"},
        {"ultralink_data/texts/more.toml": ""},
    ],
)
def test_what_may_change_a_result_counts(tree, changes):
    before = tree("ultralink_data.a")
    assert tree("ultralink_data.a", changes) != before


def test_an_import_inside_a_function_counts(tree):
    tree("ultralink_data.a")
    assert closure("ultralink_data.a") == {
        "ultralink_data",
        "ultralink_data.a",
        "ultralink_data.b",
        "ultralink_data.late",
    }


def test_relative_imports_count(tree):
    tree("ultralink_data.relative")
    assert {"ultralink_data.late", "ultralink_data.b"} <= closure("ultralink_data.relative")


def test_modules_found_by_looking_count_with_their_data(tree):
    before = tree("ultralink_data.plug")
    assert tree("ultralink_data.plug", {"ultralink_data/plug/one.py": "Z = 2\n"}) != before
    middle = tree("ultralink_data.plug")
    assert tree("ultralink_data.plug", {"ultralink_data/plug/two.py": ""}) != middle
    last = tree("ultralink_data.plug")
    assert tree("ultralink_data.plug", {"ultralink_data/plug/prompt.txt": "Do\n"}) != last


def chosen(*names):
    return Use(chosen=(("ultralink_data.tongues", frozenset(names)),))


def tongues(use):
    modules = closure("ultralink_data.says", use)
    return {name.rpartition(".")[2] for name in modules if ".tongues." in name}


def test_of_modules_found_by_looking_only_those_in_use_count(tree):
    tree("ultralink_data.says")
    assert tongues(Use()) == {"en", "es", "fr"}
    assert tongues(chosen()) == set()
    assert tongues(chosen("es")) == {"es"}
    assert tongues(chosen("gaul", "en")) == {"fr", "en"}


def test_a_name_that_belongs_to_no_module_counts_all(tree):
    tree("ultralink_data.says")
    assert tongues(chosen("es", "nothing")) == {"en", "es", "fr"}


def test_a_module_counts_that_is_named_where_its_package_is_imported(tree):
    text = SAYS.replace("get(code)", "get(code or 'en')")
    tree("ultralink_data.says", {"ultralink_data/says.py": text})
    assert tongues(chosen("es")) == {"es", "en"}


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        ("b=Section(x=HALF)", "b=Section(x=3)", False),
        ("translate=3", "translate=4", False),
        ("translate=3", "translate=3, c=4", False),
        ("a=Section(x=1)", "a=Section(x=2)", True),
        ("HALF = 2", "HALF = 3", True),
        ("Language(", "Idiom(", True),
        ("Language(", "Language(3, ", True),
    ],
)
def test_of_a_language_file_the_sections_count_that_are_read(tree, old, new, counts):
    before = tree("ultralink_data.says")
    changes = {"ultralink_data/tongues/es.py": LANGUAGE.replace(old, new)}
    assert (tree("ultralink_data.says", changes) != before) is counts


@pytest.mark.parametrize(
    ("reads", "counts"),
    [
        ("tongues.get(code).a", False),
        ("tongues.get(code).b", True),
        ("getattr(tongues.get(code), 'b')", True),
        ("getattr(tongues.get(code), code)", True),
        ("msgspec.structs.asdict(tongues.get(code))", True),
        ("vars(tongues.get(code))", True),
        ("[0 for x in code if match(x)]", False),
    ],
)
def test_a_section_that_may_be_read_counts(tree, reads, counts):
    says = {"ultralink_data/says.py": SAYS.replace("tongues.get(code).a", reads)}
    before = tree("ultralink_data.says", says)
    changes = {"ultralink_data/tongues/es.py": LANGUAGE.replace("x=HALF", "x=3")}
    assert (tree("ultralink_data.says", changes) != before) is counts


def test_a_method_of_text_is_no_section(tree):
    for reads, counts in (("code.translate({})", False), ("tongues.get(code).translate", True)):
        says = SAYS.replace("tongues.get(code).a", reads)
        files = {"ultralink_data/says.py": says, "ultralink_data/tongues/es.py": LANGUAGE}
        before = tree("ultralink_data.says", files)
        changes = {"ultralink_data/tongues/es.py": LANGUAGE.replace("translate=3", "translate=4")}
        assert (tree("ultralink_data.says", changes) != before) is counts


def test_an_import_for_type_checking_alone_is_none(tree):
    hidden = "if TYPE_CHECKING:\n    from ultralink_data import b\n"
    text = f"{hidden}else:\n    import ultralink_data.late\n"
    tree("ultralink_data.a", {"ultralink_data/a.py": text})
    assert closure("ultralink_data.a") == {
        "ultralink_data",
        "ultralink_data.a",
        "ultralink_data.late",
    }


def test_an_unknown_module_is_an_error(tree):
    with pytest.raises(ValueError, match="no module"):
        tree("ultralink_data.nothing")


# The stages of this project


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
def test_no_stage_depends_on_tables_or_the_command_line(stage):
    modules = {name for module in stage.modules for name in closure(module)}
    assert not {name for name in modules if name.startswith(("harness", "leaderboard"))}


def test_evaluation_depends_on_every_prompt_and_benchmark():
    modules = closure("tasks.evaluate")
    assert {
        f"ultralink_data.languages.{code}" for code in ("en", "zh", "es", "fr", "ru")
    } <= modules
    assert {
        "tasks.benchmarks.mgsm",
        "tasks.benchmarks.humaneval",
        "tasks.benchmarks.starter_math",
        "tasks.sandbox.runner",
    } <= modules


def test_training_depends_on_no_benchmark_and_no_pruning():
    modules = {
        name for stage in ("pack", "train") for m in STAGES[stage].modules for name in closure(m)
    }
    assert not {name for name in modules if name.startswith("tasks")}
    assert "ultralink_data.whole.prune" not in modules


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        ("x=HALF", "x=3", True),  # the section that the walk reads
        ("x=1", "x=3", False),  # one that another module reads, in the languages in use
        ("translate=3", "translate=4", False),
        ("HALF = 2", "HALF = 3", False),
    ],
)
def test_who_goes_through_all_plug_ins_depends_on_what_it_reads_of_them(tree, old, new, counts):
    use = Use(chosen=(("ultralink_data.tongues", frozenset({"es"})),))
    before = tree("ultralink_data.both", use=use)
    after = tree(
        "ultralink_data.both",
        {"ultralink_data/tongues/fr.py": FILES["ultralink_data/tongues/fr.py"].replace(old, new)},
        use=use,
    )
    assert (after != before) == counts


def test_the_code_of_a_module_alone_leaves_out_what_it_imports(tree):
    tree("ultralink_data.a")
    before = module.module_code("ultralink_data.a")
    tree("ultralink_data.a", {"ultralink_data/b.py": "Z = 9\n"})
    assert module.module_code("ultralink_data.a") == before
    tree("ultralink_data.a", {"ultralink_data/a.py": A + "\nZ = 9\n"})
    assert module.module_code("ultralink_data.a") != before
    with pytest.raises(ValueError, match=r"no module 'ultralink_data\.none'"):
        module.module_code("ultralink_data.none")
