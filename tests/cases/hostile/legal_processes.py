# tries: nothing: it works in two processes
# holds: it passes
# expect: passed

import os


def solve(x):
    reader, writer = os.pipe()
    if os.fork() == 0:
        os.write(writer, str(x * x).encode())
        os._exit(0)
    os.wait()
    return int(os.read(reader, 100))
