# tries: to go on in threads that wait for their chance after the answer
# holds: threads end with the process, whatever they write before
# expect: failed

import os
import threading
import time


def insist():
    while True:
        time.sleep(0.001)
        try:
            os.write(3, b"\x00\x00\x00\x01T")
        except OSError:
            pass


for _ in range(8):
    threading.Thread(target=insist, daemon=False).start()


def solve(x):
    return 0
