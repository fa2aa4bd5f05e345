# tries: nothing: it recurses 5000 deep, in a thread with a large stack
# holds: it passes
# expect: passed

import sys
import threading

sys.setrecursionlimit(20_000)


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


def solve(x):
    threading.stack_size(64 << 20)
    found = []
    thread = threading.Thread(target=lambda: found.append(depth(5000)))
    thread.start()
    thread.join()
    return x * x if found == [5000] else None
