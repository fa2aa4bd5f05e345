# tries: to use up the kernel's memory by files without content
# holds: it ends with the jail's limits or its time, and all of it is freed
# expect: not passed

import os

number = 0
while True:
    os.close(os.open(f"/tmp/{number}-{'n' * 200}", os.O_CREAT))
    number += 1


def solve(x):
    return x * x
