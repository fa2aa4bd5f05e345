# tries: to write 1 GB below /dev/shm
# holds: the writable file systems are small
# expect: failed

for n in range(64):
    with open(f"/dev/shm/{n}", "wb") as file:
        for _ in range(16):
            file.write(bytes(1 << 20))


def solve(x):
    return x * x
