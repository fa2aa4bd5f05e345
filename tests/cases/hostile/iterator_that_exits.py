# tries: to end the process while its answer is being written
# holds: an end in the middle of an answer is an end
# expect: failed

import os


class Items:
    def __iter__(self):
        return self

    def __next__(self):
        os._exit(0)


def solve(x):
    return Items()
