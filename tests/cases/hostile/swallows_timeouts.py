# tries: to catch whatever a timer in its process may raise, and to go on
# holds: the clock runs outside of the program's process
# expect: timeout


def solve(x):
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue
