"""Failed programs are counted by the package that they import and the sandbox lacks."""

import pytest

from tasks.grading import missing_packages
from tasks.grading.missing_packages import count_missing, missing_notes


@pytest.fixture(autouse=True)
def installed(monkeypatch):
    found = {"numpy": "numpy", "sklearn": "scikit-learn", "there": "there"}
    monkeypatch.setattr(missing_packages, "_installed", lambda name: found.get(name, ""))


def gone(name: str) -> str:
    return f"ModuleNotFoundError: No module named '{name}'"


@pytest.mark.parametrize(
    ("text", "reason", "expected"),
    [
        ("    import numpy as np\n", gone("numpy"), {"numpy": 1}),
        ("    import numpy.linalg as la, sympy\n", gone("numpy"), {"numpy": 1, "sympy": 1}),
        ("from scipy.stats import norm\n", gone("scipy"), {"scipy": 1}),
        ("x", gone("invented.deep"), {"invented": 1}),
        ("try:\n import pandas as pd\nexcept ImportError:\n pd = None\n", "x", {"pandas": 1}),
        ("from sklearn import svm\n", "timed out after 3 s", {"sklearn": 1}),
        ("import math, json\nfrom collections import Counter\n", "AssertionError", {}),
        ("from . import numpy\n", "AssertionError", {}),
        ("import the module, from there we\nfrom there on import\n", "AssertionError", {}),
        ("    # import numpy\n    x = 'import numpy'\n", "AssertionError", {}),
        ("import mpmath\n", gone("mpmath"), {}),
        (">>> import numpy\n", "AssertionError", {"numpy": 1}),
        ("import invented\n", "AssertionError", {}),
        ('    x = """\nimport numpy\n"""\n    return x\n', "AssertionError", {}),
        ('s = """\nimport numpy\nfrom scipy import stats\n"""\n', "AssertionError", {}),
        ("x = 'a\\\nimport numpy\\\n'\n", "AssertionError", {}),
        ('    """\n    import numpy\n    """\n    import pandas\n', "x", {"pandas": 1}),
        ('    import sympy\n    s = """\nimport numpy\n    return s', "x", {"sympy": 1}),
        ("    return 1\n\nimport numpy\n\ndef f(:\n", "x", {"numpy": 1}),
        ("def f():\n    import numpy\n    return (\n", "x", {"numpy": 1}),
        ("def f(:\n    pass\nimport numpy\n", "x", {"numpy": 1}),
        (
            "It's so:\n```python\nimport numpy\nx = '''\nimport pandas\n'''\n```\n",
            "x",
            {"numpy": 1},
        ),
        ("Use this: import numpy\n\nimport pandas\nprint(1)\n", "x", {"pandas": 1}),
        ("    try: import numpy\n    except ImportError: pass\n", "x", {"numpy": 1}),
        ("if 1: x = 1; import numpy\n", "x", {"numpy": 1}),
        ("from . import numpy\nfrom .numpy import a\n", "x", {}),
        ("import numpy\x00\n", "x", {"numpy": 1}),
        ("(" * 5000 + "\nimport numpy\n", "x", {"numpy": 1}),
    ],
)
def test_what_a_failed_program_imports(text, reason, expected):
    assert count_missing([(text, reason)], {"mpmath"}) == expected


def test_each_sample_counts_once_for_a_package_and_the_most_frequent_stands_first():
    failed = [("import numpy\nimport numpy\n", gone("numpy"))] * 2 + [("", gone("a"))]
    assert list(count_missing(failed).items()) == [("numpy", 2), ("a", 1)]


def test_the_line_names_packages_to_install_or_to_show():
    assert missing_notes({}) == []
    [line] = missing_notes({"sklearn": 3, "numpy": 2, "foo": 1}, ("sympy",))
    assert "sklearn 3, numpy 2, foo 1;" in line
    assert line.endswith("--sandbox-packages sympy,scikit-learn,numpy")
    [line] = missing_notes({"foo": 1})
    assert line.endswith("install them here and name them with --sandbox-packages")
    [line] = missing_notes({f"m{number:02}": 1 for number in range(20)})
    assert "m07 1 and 12 more;" in line


def test_installed_packages_are_found_by_what_is_imported(monkeypatch):
    monkeypatch.undo()
    found = [missing_packages._installed(name) for name in ("numpy", "sklearn", "of_nobody")]
    assert found == ["numpy", "scikit-learn", ""]
