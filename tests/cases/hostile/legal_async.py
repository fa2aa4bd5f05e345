# tries: nothing: it works in coroutines
# holds: it passes
# expect: passed

import asyncio


async def part(x):
    await asyncio.sleep(0)
    return x


async def total(x):
    return sum(await asyncio.gather(*[part(x) for _ in range(x)]))


def solve(x):
    return asyncio.run(total(x))
