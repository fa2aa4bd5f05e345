# tries: to read a canary outside, /etc/shadow, the homes, or the project
# holds: none of these exist inside
# expect: failed

import os

found = []
for path in (
    "@CANARY@",
    "/etc/shadow",
    "/etc/passwd",
    "/home",
    "/srv/project",
    "@PROJECT@/pyproject.toml",
):
    if os.path.exists(path):
        found.append(path)
try:
    with open("@CANARY@", "a") as file:
        file.write("touched")
    found.append("written")
except OSError:
    pass
for folder, _, names in os.walk("/root"):
    if ".ssh" in folder or ".cache" in folder or ".bash_history" in names:
        found.append(folder)


def solve(x):
    return x * x if found else None
