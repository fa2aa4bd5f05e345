"""More held-out math templates, one problem of each: the texts stand in ``texts/math_held_out_*``.

Those of several steps ask for other chains than the training templates do.
"""

from ultralink_data.starter.math_templates_makers import easy, held_out

_EASY = (
    easy("held_out", "farm_kittens", "x = a + b"),
    easy("held_out", "cake_candles", "x = a - b"),
    easy("held_out", "toy_train", "x = a + b"),
    easy("held_out", "sock_line", "x = a - b"),
    easy("held_out", "rowing_boats", "x = a + b"),
    easy("held_out", "blunt_pencils", "x = a - b"),
)

_TWO_STEPS = (
    held_out("school_commute", "x = a * 2; y = x * b", a=(3, 15), b=(4, 22)),
    held_out("hotel_beds", "x = a - b; y = x * c", a=(30, 90), b=(3, 12), c=(2, 4)),
    held_out(
        "pizza_evening", "x = a * b; y = x / c", {"y": (2, 5)}, a=(3, 14), b=(6, 12, 2), c=(5, 28)
    ),
    held_out("gym_pass", "x = a * 12; y = x - b", {"y": (15, 150)}, a=(20, 45), b=(200, 480, 10)),
    held_out(
        "shared_bill", "x = a / b; y = x + c", {"x": (12, 40)}, a=(60, 240), b=(3, 8), c=(3, 12)
    ),
    held_out("squirrel_nuts", "x = a - b; y = x / 2", {"y": (8, 60)}, a=(30, 120), b=(4, 30)),
    held_out("street_lamps", "x = a / b; y = x + 1", a=(200, 1200, 10), b=(20, 50, 5)),
    held_out("floor_stairs", "x = a - 1; y = x * b", a=(4, 12), b=(15, 24)),
    held_out("puppy_days", "x = a * 7; y = x + b", a=(5, 30), b=(2, 6)),
    held_out(
        "bike_meeting", "x = a + b; y = c / x", {"y": (2, 5)}, a=(12, 20), b=(12, 20), c=(50, 180)
    ),
    held_out("chestnut_ratio", "x = a + 1; y = b / x", a=(3, 7), b=(24, 160)),
    held_out(
        "lawn_water",
        "x = a * b; y = c / x",
        {"y": (3, 12)},
        a=(6, 15),
        b=(4, 12),
        c=(150, 1500, 10),
    ),
    held_out(
        "waiting_bus", "x = a - b; y = c - x", {"y": (3, 30)}, a=(40, 55), b=(20, 50), c=(12, 45)
    ),
    held_out("hay_week", "x = a * 7; y = b - x", {"y": (10, 150)}, a=(6, 30), b=(100, 360, 10)),
    held_out(
        "onion_beds", "x = a / b; y = x / c", {"y": (4, 20)}, a=(60, 600, 10), b=(3, 8), c=(2, 6)
    ),
    held_out("sponge_cakes", "x = a * 12; y = x / b", a=(3, 20), b=(2, 8)),
)

_THREE_STEPS = (
    held_out(
        "shop_hours",
        "x = b + 12; y = x - a; z = c / y",
        {"z": (6, 40)},
        a=(7, 10),
        b=(5, 7),
        c=(60, 400),
    ),
    held_out(
        "log_cuts",
        "x = a / b; y = x - 1; z = y * c",
        {"x": (4, 15)},
        a=(200, 600, 10),
        b=(20, 60, 10),
        c=(2, 6),
    ),
    held_out(
        "cinema_change",
        "x = a * 2; y = x + b; z = c - y",
        {"z": (2, 20)},
        a=(7, 14),
        b=(4, 9),
        c=(30, 60, 10),
    ),
    held_out(
        "wire_pieces", "x = a * 100; y = x / b; z = y - c", a=(3, 15), b=(20, 60, 5), c=(3, 20)
    ),
    held_out("coffee_cups", "x = a / 2; y = a + x; z = y * b", a=(40, 160, 2), b=(2, 5)),
    held_out("two_villages", "x = a * 2; y = x - b; z = a + y", a=(120, 600, 10), b=(10, 90, 5)),
    held_out(
        "garden_center",
        "x = a - b; y = c * d; z = x - y",
        a=(60, 150),
        b=(10, 30),
        c=(2, 5),
        d=(4, 9),
    ),
    held_out(
        "window_cleaner",
        "x = a * b; y = x * c; z = y / d",
        {"z": (3, 12)},
        a=(3, 9),
        b=(4, 12),
        c=(2, 4),
        d=(12, 40),
    ),
    held_out(
        "potato_sacks",
        "x = a / b; y = c / d; z = x + y",
        a=(120, 600, 10),
        b=(20, 30, 5),
        c=(60, 300, 10),
        d=(10, 15, 5),
    ),
    held_out("banana_tables", "x = a / b; y = x - c; z = y * b", a=(60, 300), b=(3, 8), c=(4, 25)),
    held_out("storm_trees", "x = a / 3; y = a - x; z = y + b", a=(60, 300, 3), b=(15, 90)),
    held_out(
        "hat_coat", "x = a * 3; y = a + x; z = b - y", {"z": (5, 60)}, a=(15, 40), b=(70, 200, 10)
    ),
    held_out(
        "can_drive", "x = a + b; y = x * c; z = y / d", a=(10, 18), b=(10, 18), c=(3, 6), d=(6, 12)
    ),
    held_out(
        "paint_jars", "x = a * b; y = x / c; z = y - d", a=(4, 12), b=(5, 15), c=(2, 4), d=(3, 12)
    ),
    held_out(
        "driver_speed",
        "x = a / b; y = x + c; z = y * d",
        {"x": (50, 85)},
        a=(100, 420, 10),
        b=(2, 5),
        c=(5, 25, 5),
        d=(2, 4),
    ),
    held_out(
        "reading_race",
        "x = a / b; y = a / c; z = x - y",
        {"y": (4, 30)},
        a=(120, 480),
        b=(8, 20),
        c=(15, 40),
    ),
    held_out(
        "bike_stations",
        "x = a * b; y = x - c; z = y + d",
        {"y": (20, 300)},
        a=(5, 15),
        b=(10, 24),
        c=(25, 120),
        d=(8, 60),
    ),
    held_out(
        "zoo_average", "x = a + b; y = x + c; z = y / 3", a=(60, 200), b=(60, 200), c=(60, 200)
    ),
    held_out("two_buckets", "x = a - b; y = x / 2; z = y + b", a=(14, 40), b=(2, 10)),
    held_out(
        "fish_farm",
        "x = a * b; y = x + c; z = y - d",
        a=(4, 12),
        b=(15, 60),
        c=(20, 120),
        d=(15, 90),
    ),
    held_out(
        "house_keys", "x = a * b; y = x + c; z = y * d", a=(4, 9), b=(3, 8), c=(2, 6), d=(2, 4)
    ),
    held_out(
        "film_marathon",
        "x = a * 60; y = x + b; z = y / c",
        {"z": (10, 40)},
        a=(2, 6),
        b=(5, 55, 5),
        c=(4, 15),
    ),
    held_out(
        "basketball_halves",
        "x = a + b; y = c + d; z = x - y",
        {"z": (2, 30)},
        a=(28, 55),
        b=(28, 55),
        c=(28, 55),
        d=(28, 55),
    ),
    held_out(
        "market_stalls",
        "x = a - b; y = c - d; z = x + y",
        a=(60, 150),
        b=(20, 55),
        c=(60, 150),
        d=(20, 55),
    ),
    held_out(
        "cabbage_rabbits", "x = a * b; y = x / 2; z = y + c", a=(4, 14), b=(6, 20), c=(10, 60)
    ),
    held_out(
        "sewing_buttons",
        "x = a / 2; y = x - b; z = y / c",
        {"z": (3, 30)},
        a=(60, 300, 2),
        b=(3, 20),
        c=(4, 12),
    ),
    held_out(
        "prize_money", "x = a - b; y = x - c; z = y / 2", a=(150, 500, 10), b=(20, 90), c=(15, 60)
    ),
    held_out(
        "charity_concert",
        "x = a - b; y = x * c; z = y - d",
        a=(80, 150),
        b=(10, 40),
        c=(5, 12),
        d=(60, 250, 5),
    ),
    held_out(
        "walnut_cousins",
        "x = a + b; y = a + x; z = y / c",
        {"z": (4, 30)},
        a=(12, 60),
        b=(3, 20),
        c=(3, 8),
    ),
    held_out("scooter_wheels", "x = a - b; y = a + x; z = y * 2", a=(80, 300), b=(5, 60)),
    held_out("elephant_food", "x = a * b; y = x - a; z = y * c", a=(6, 14), b=(8, 14), c=(2, 7)),
    held_out(
        "pool_pump",
        "x = a * b; y = c - x; z = y / b",
        {"z": (2, 9)},
        a=(2, 8),
        b=(8, 30),
        c=(80, 400, 10),
    ),
    held_out(
        "boat_tickets",
        "x = a + b; y = x - c; z = y * d",
        a=(25, 70),
        b=(15, 60),
        c=(4, 14),
        d=(6, 15),
    ),
    held_out(
        "cheese_price",
        "x = a / b; y = x * c; z = y + d",
        {"x": (9, 20)},
        a=(20, 120),
        b=(2, 6),
        c=(2, 5),
        d=(2, 9),
    ),
    held_out(
        "paving_stones",
        "x = a * b; y = x * c; z = y - d",
        {"y": (150, 800)},
        a=(5, 10),
        b=(4, 9),
        c=(5, 10),
        d=(30, 140),
    ),
)

_FOUR_STEPS = (
    held_out(
        "fourth_test",
        "x = d * 4; y = a + b; z = y + c; w = x - z",
        {"w": (60, 100)},
        a=(60, 98),
        b=(60, 98),
        c=(60, 98),
        d=(72, 92),
    ),
    held_out(
        "picnic_change",
        "x = a * b; y = c * d; z = x + y; w = e - z",
        {"w": (3, 20)},
        a=(2, 6),
        b=(3, 9),
        c=(2, 6),
        d=(2, 4),
        e=(20, 100, 10),
    ),
    held_out(
        "flower_bunches",
        "x = a * b; y = c * d; z = x + y; w = z / e",
        {"w": (6, 40)},
        a=(3, 9),
        b=(12, 30),
        c=(3, 9),
        d=(12, 30),
        e=(7, 15, 2),
    ),
)

HELD_OUT = _EASY + _TWO_STEPS + _THREE_STEPS + _FOUR_STEPS
