# tries: to hold 4 GB in anonymous files, which no mapping shows
# holds: such files cannot be made, or count
# expect: not passed

import os

hoard = []
for _ in range(140):
    hoard.append(os.memfd_create("hoard"))
    os.write(hoard[-1], bytes(30 << 20))


def solve(x):
    return x * x
