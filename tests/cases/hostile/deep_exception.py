# tries: to raise an exception nested in itself 100,000 deep
# holds: only the nearest built-in class and a short text cross
# expect: failed


def solve(x):
    nested = []
    for _ in range(100_000):
        nested = [nested]
    error = ValueError(nested)
    for _ in range(100_000):
        outer = ValueError("x" * 1000)
        outer.__cause__ = outer.__context__ = error
        error = outer
    raise error
