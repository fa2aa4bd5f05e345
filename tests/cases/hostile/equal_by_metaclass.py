# tries: to return a class whose metaclass says that it equals everything
# holds: a class is not plain data
# expect: failed


class Meta(type):
    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return 0

    def __instancecheck__(cls, other):
        return True

    def __bool__(cls):
        return True


class Everything(metaclass=Meta):
    pass


def solve(x):
    return Everything
