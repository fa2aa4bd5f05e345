# tries: to return an object that is equal to everything
# holds: comparisons run where the program's classes do not exist
# expect: failed


class Everything:
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = None


def solve(x):
    return Everything()
