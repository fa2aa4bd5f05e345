# tries: to answer with tuples that share their halves, 2 to the 60th items written out
# holds: the writer's work counts as the program's time, the size is bounded
# expect: not passed


def solve(x):
    pair = ()
    for _ in range(60):
        pair = (pair, pair)
    return pair
