# tries: to read standard input
# holds: standard input is empty
# expect: failed
# ruff: noqa


def solve(x):
    return int(input())
