# tries: to exhaust the reader's stack with a list nested 100,000 deep
# holds: it is the program's failure
# expect: failed


def solve(x):
    nested = []
    for _ in range(100_000):
        nested = [nested]
    return nested
