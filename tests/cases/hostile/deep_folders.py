# tries: to leave paths that are too long and too odd to be removed
# holds: the file system goes as a whole
# expect: failed

import os

os.chdir("/tmp")
for _ in range(3000):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
for name in (b"\n", b"\xff\xfe", b"-rf", b" ", b"$(reboot)", b"a" * 255):
    os.mkdir(name)


def solve(x):
    return 0
