# tries: nothing: it sorts by way of temporary files
# holds: it passes
# expect: passed

import os
import tempfile


def solve(x):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "number")
        with open(path, "w") as file:
            file.write(str(x))
        with open(path) as file:
            return int(file.read()) ** 2
