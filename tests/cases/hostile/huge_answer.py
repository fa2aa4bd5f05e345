# tries: to exhaust the reader with an answer of 500 MB
# holds: answers are bounded
# expect: not passed


def solve(x):
    return "x" * (500 << 20)
