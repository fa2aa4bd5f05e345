# tries: to read and write host files through symbolic and hard links
# holds: links lead to paths of its own jail
# expect: failed

import os

won = []
for target in (
    "@CANARY@",
    "@PROJECT@/pyproject.toml",
    "/proc/1/root@CANARY@",
    "../" * 40 + "@CANARY@",
):
    for folder in ("/tmp", "/dev/shm"):
        link = f"{folder}/link"
        os.symlink(target, link)
        try:
            with open(link, "a") as file:
                file.write("touched")
            won.append(target)
        except OSError:
            pass
        os.unlink(link)
        try:
            os.link(target, link)
            won.append(("hard", target))
        except OSError:
            pass
source = os.__file__
for place in ("/tmp/hard", os.path.dirname(source) + "/hard"):
    try:
        os.link(source, place)
        won.append(place)
    except OSError:
        pass


def solve(x):
    return x * x if won else None
