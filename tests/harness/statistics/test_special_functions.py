"""scipy's functions are the same objects however they are imported."""

import json
import subprocess
import sys

import pytest

from harness.statistics import special_functions as parts
from harness.statistics.special_functions import root

SPECIAL = """
import json, sys
from harness.statistics.special_functions import special_functions

alone = special_functions()
light = "scipy._lib._array_api" not in sys.modules
from scipy import special, stats
names = ("stdtr", "stdtrit", "ndtri", "nctdtr", "nctdtrinc")
print(json.dumps([
    light,
    all(getattr(alone, name) is getattr(special, name) for name in names),
    special_functions() is special,
    float(stats.t.ppf(0.975, 3.5)) == float(alone.stdtrit(3.5, 0.975)),
]))
"""


def test_special_functions_are_those_of_scipy_without_the_rest_of_it():
    done = subprocess.run(
        [sys.executable, "-c", SPECIAL], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [True, True, True, True]


ROOTS = """
import math, sys
from random import Random
from harness.statistics.special_functions import root

draw = Random(1)
cases = [(draw.uniform(0.1, 9), draw.uniform(0, 0.09), draw.uniform(9, 50)) for _ in range(200)]
found = [root(lambda x: math.log(x + a) - math.log(2 * a), low, high, xtol=1e-6)
         for a, low, high in cases]
assert "scipy.optimize" not in sys.modules, "the package was imported"

from scipy import optimize

for (a, low, high), one in zip(cases, found):
    assert one == optimize.brentq(lambda x: math.log(x + a) - math.log(2 * a), low, high, xtol=1e-6)
assert abs(optimize.minimize_scalar(lambda x: (x - 2) ** 2).x - 2) < 1e-6
"""


def test_roots_are_those_of_scipy_without_the_rest_of_it():
    done = subprocess.run(
        [sys.executable, "-c", ROOTS], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_no_root_is_said():
    with pytest.raises(ValueError, match="different signs"):
        root(lambda x: x + 1, 0, 1, xtol=1e-6)
    with pytest.raises(ValueError, match="NaN"):
        root(lambda x: float("nan") if 0 < x < 2 else x - 1, 0, 2, xtol=1e-6)


def test_another_build_of_scipy_is_asked_through_its_package(monkeypatch):
    def missing(package, module):
        raise ImportError(module)

    monkeypatch.setattr(parts, "_compiled", missing)
    parts._root_finder.cache_clear()
    assert root(lambda x: x - 1, 0, 3, xtol=1e-9) == 1
    parts._root_finder.cache_clear()
