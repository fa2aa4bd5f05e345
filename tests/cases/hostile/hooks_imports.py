# tries: to be what the test imports, by finders, path hooks and sys.modules
# holds: the test's modules are those of its own process
# expect: failed

import builtins
import importlib.machinery
import math
import sys


class Everything:
    __path__ = []

    def __getattr__(self, name):
        return lambda *a, **k: True


class Finder:
    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec):
        return Everything()

    def exec_module(self, module):
        pass


sys.meta_path.insert(0, Finder())
for name in list(sys.modules):
    if name not in ("sys", "builtins"):
        sys.modules[name] = Everything()
math.isclose = math.fabs = lambda *a, **k: True
builtins.__build_class__ = lambda *a, **k: Everything


def solve(x):
    return 0
