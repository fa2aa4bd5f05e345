# tries: to define check, assert hooks and a harmless candidate itself
# holds: the test's own check is the one that runs
# expect: failed


def check(candidate):
    return True


candidate = check
METADATA = {}
__debug = False


def solve(x):
    return 0
