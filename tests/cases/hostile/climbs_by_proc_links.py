# tries: to reach host files and open files through root, cwd and fd of others
# holds: such links lead nowhere that the program is not
# expect: failed

import os

won = []
for pid in ["self", *filter(str.isdigit, os.listdir("/proc"))]:
    for place in (f"/proc/{pid}/root", f"/proc/{pid}/cwd", f"/proc/{pid}/task/{pid}/root"):
        for path in ("@CANARY@", "@PROJECT@/pyproject.toml", "/etc/passwd"):
            if os.path.exists(place + path):
                won.append(place + path)
    try:
        numbers = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        continue
    for number in numbers:
        try:
            link = os.readlink(f"/proc/{pid}/fd/{number}")
            file = os.open(f"/proc/{pid}/fd/{number}", os.O_RDWR | os.O_NONBLOCK)
        except OSError:
            continue
        won += [] if link.startswith("/dev/") else [link]
        os.close(file)


def solve(x):
    return x * x if won else None
