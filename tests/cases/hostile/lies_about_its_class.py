# tries: to pass for a built-in by __class__, and to answer for its methods
# holds: a lie ends as an error of the program
# expect: failed


class Liar:
    def __init__(self, kind):
        self.kind = kind

    @property
    def __class__(self):
        return self.kind

    def __bool__(self):
        return True

    def __int__(self):
        return 4

    __index__ = __int__

    def __eq__(self, other):
        return True

    __hash__ = object.__hash__


def solve(x):
    return [Liar(kind) for kind in (int, str, list, dict, bytes)]
