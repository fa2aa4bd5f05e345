# tries: to import the grader, or packages of the project's environment
# holds: neither exists inside
# expect: failed

import importlib

found = []
for name in ("tasks", "tasks.sandbox", "ultralink_data", "msgspec", "numpy", "pip"):
    try:
        importlib.import_module(name)
    except ImportError:
        continue
    found.append(name)


def solve(x):
    return x * x if found else None
