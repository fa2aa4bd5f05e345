# tries: to return a number of 100 million bits, and one in an error's text
# holds: numbers cross as bytes; a text too long to print is left out
# expect: failed


def solve(x):
    if x == 3:
        raise ValueError(1 << 10_000_000)
    return 1 << 100_000_000
