"""scipy's functions are the same objects however they are imported."""

import json
import subprocess
import sys

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
