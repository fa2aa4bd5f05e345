"""The parts of scipy that statistics need, without the rest of it.

Its packages wrap their compiled functions for other array libraries, for which they import half of
numpy. These are the same objects that they export; where scipy has them elsewhere, the packages
themselves are imported.
"""

import math
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final


def special_functions() -> Any:
    """The compiled functions of `scipy.special`, imported in a tenth of the package's time."""
    name = "scipy.special"
    if name in sys.modules:
        return sys.modules[name]
    try:
        return _compiled(name, "_ufuncs")
    except ImportError:
        return import_module(name)


def root(function: Callable[[float], float], low: float, high: float, *, xtol: float) -> float:
    """Where `function` is 0 between two points: `scipy.optimize.brentq`, digit for digit.

    Raises:
        ValueError: the function has the same sign at both, or is no number somewhere.
    """

    def checked(x: float) -> float:
        value = float(function(x))
        if math.isnan(value):
            raise ValueError(f"the function value at x={x} is NaN; solver cannot continue")
        return value

    return float(_root_finder()(checked, low, high, xtol))


_RTOL: Final = 4 * sys.float_info.epsilon
_MOST: Final = 100
"""The relative tolerance and the number of iterations of `brentq`."""


@cache
def _root_finder() -> Callable[[Callable[[float], float], float, float, float], float]:
    """The compiled function of `brentq`: its package takes as long to import as all of ours."""
    try:
        compiled = _compiled("scipy.optimize", "_zeros")._brentq
        if compiled(lambda x: x - 1.0, 0.0, 3.0, 1e-9, _RTOL, _MOST, (), False, True) != 1:
            raise TypeError("it finds another root")
    except (ImportError, AttributeError, TypeError, ValueError):
        from scipy import optimize

        return lambda function, low, high, xtol: optimize.brentq(function, low, high, xtol=xtol)
    return lambda function, low, high, xtol: compiled(
        function, low, high, xtol, _RTOL, _MOST, (), False, True
    )


def _compiled(package: str, module: str) -> Any:
    """A compiled module of a package of scipy, imported without the package.

    Raises:
        ImportError: there is none, or it needs the package.
    """
    if package in sys.modules:
        return import_module(f"{package}.{module}")
    import scipy

    bare = ModuleType(package)
    below = package.split(".")[1:]
    bare.__path__ = [str(Path(folder, *below)) for folder in scipy.__path__]
    sys.modules[package] = bare
    try:
        return import_module(f"{package}.{module}")
    finally:
        if sys.modules.get(package) is bare:
            del sys.modules[package]
