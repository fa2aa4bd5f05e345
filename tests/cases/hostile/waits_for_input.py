# tries: to read standard input
# holds: standard input is empty
# expect: failed


def solve(x):
    return int(input())
