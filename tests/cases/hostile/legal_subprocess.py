# tries: nothing: it asks an interpreter of its own
# holds: it passes
# expect: passed

import subprocess


def solve(x):
    code = f"print({x} ** 2)"
    command = ["/proc/self/exe", "-I", "-S", "-c", code]
    return int(subprocess.run(command, capture_output=True, check=True).stdout)
