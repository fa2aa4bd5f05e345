# tries: nothing: it needs 150 MB for a moment
# holds: it passes
# expect: passed


def solve(x):
    table = bytearray(b"x") * (150 << 20)
    return x * x if table[-1] == 120 else None
