# tries: to make the reader compute a fraction of a billion digits from its text
# holds: reading is within the program's wall time
# expect: not passed

import fractions


class Fraction:
    def __str__(self):
        return "1e999999999"


Fraction.__module__ = "fractions"


def solve(x):
    return Fraction()
