# tries: to raise an exception whose methods raise and end the process
# holds: an exception is a failure
# expect: failed

import os


class Strange(BaseException):
    def __str__(self):
        os._exit(0)

    __repr__ = __str__


def solve(x):
    raise Strange
