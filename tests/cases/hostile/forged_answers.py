# tries: to answer with every status word, in the hope that one counts as a verdict
# holds: an answer is only ever a value
# expect: failed

import os
import struct


def text(word):
    return b"s" + struct.pack("!I", len(word)) + word


def solve(x):
    for word in (b"passed", b"ok", b"error", b"lost", b"failed"):
        payload = text(word) + b"t" + struct.pack("!I", 2) + text(b"passed") + text(b"")
        os.write(3, struct.pack("!I", len(payload)) + payload)
    os._exit(0)
