# tries: to slow the reader down by a set of numbers with one hash
# holds: reading is within the program's wall time
# expect: not passed


def solve(x):
    return {n * (2**61 - 1) for n in range(20_000)}
