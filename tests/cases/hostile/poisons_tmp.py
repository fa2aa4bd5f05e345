# tries: to plant modules, settings and start-up files for the next program
# holds: the next program's /tmp, /dev/shm and home are new
# expect: failed

import os

for folder in ("/tmp", "/dev/shm", "/tmp/.local/lib/python3.11/site-packages", "/tmp/__pycache__"):
    os.makedirs(folder, exist_ok=True)
    for name in ("json", "re", "math", "sitecustomize", "usercustomize", "planted"):
        with open(f"{folder}/{name}.py", "w") as file:
            file.write("import os; os._exit(0)\n")
os.chmod("/dev/shm", 0o1777)
os.environ["PYTHONPATH"] = "/tmp"
os.chmod("/tmp", 0)


def solve(x):
    return 0
