# tries: to make one sparse file of 10 GB
# holds: the size of one file is bounded
# expect: failed

with open("/tmp/big", "wb") as file:
    file.truncate(10 << 30)


def solve(x):
    return x * x
