# tries: to become root by id maps, setuid programs and files with capabilities
# holds: no map can be written, nothing is setuid, new privileges are off
# expect: failed

import ctypes
import os
import shutil
import subprocess
import sys

won = []
for name in ("uid_map", "gid_map", "setgroups", "projid_map"):
    try:
        with open(f"/proc/self/{name}", "w") as file:
            file.write("allow" if name == "setgroups" else "0 0 4294967295")
        won.append(name)
    except OSError:
        pass
won += [name for name in ("newuidmap", "sudo", "su", "pkexec", "mount") if shutil.which(name)]
for change in (os.setuid, os.setgid, os.seteuid, os.setegid):
    try:
        change(0)
        won.append(change.__name__)
    except OSError:
        pass
copy = shutil.copy(sys.executable or "/proc/self/exe", "/tmp/copy") if sys.executable else ""
if copy:
    try:
        os.chmod(copy, 0o6755)
        os.setxattr(copy, "security.capability", b"\x01\x00\x00\x02" + b"\xff" * 16)
        won.append("xattr")
    except OSError:
        pass
    code = "import os; print(int(0 in (os.geteuid(), os.getegid())))"
    try:
        done = subprocess.run([copy, "-S", "-c", code], capture_output=True)
        won += ["setuid"] if done.stdout.strip() == b"1" else []
    except OSError:
        pass
if 0 in os.getresuid() or 0 in os.getresgid():
    won.append("root")


def solve(x):
    return x * x if won else None
