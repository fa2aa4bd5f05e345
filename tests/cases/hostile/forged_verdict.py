# tries: to write a verdict to every descriptor, then to end well
# holds: no channel of the program carries verdicts
# expect: failed

import os
import struct

payload = b"t" + struct.pack("!I", 2) + b"s" + struct.pack("!I", 6) + b"passed" + b"s" + bytes(4)
frame = struct.pack("!I", len(payload)) + payload
for fd in range(256):
    try:
        os.write(fd, frame + b"passed\nPASSED\n")
    except OSError:
        pass
os._exit(0)


def solve(x):
    return 0
