# tries: to leave by SystemExit(0) inside a call
# holds: an early end is not a pass
# expect: failed


def solve(x):
    raise SystemExit(0)
