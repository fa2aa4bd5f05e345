# tries: nothing: it works in eight threads
# holds: it passes
# expect: passed

from concurrent.futures import ThreadPoolExecutor


def solve(x):
    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(lambda _: x, range(x)))
