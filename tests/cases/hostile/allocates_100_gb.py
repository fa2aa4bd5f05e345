# tries: to allocate 100 GB
# holds: memory is bounded
# expect: failed

hoard = []
for _ in range(100):
    hoard.append(b"x" * (1 << 30))


def solve(x):
    return x * x
