# tries: to write 1 GB below /tmp
# holds: the writable file systems are small
# expect: failed

for n in range(64):
    with open(f"/tmp/{n}", "wb") as file:
        for _ in range(16):
            file.write(bytes(1 << 20))


def solve(x):
    return x * x
