# tries: nothing: it prints 100 kB and is right
# holds: it passes
# expect: passed

print("x" * 100_000)


def solve(x):
    print("y" * 1000)
    return x * x
