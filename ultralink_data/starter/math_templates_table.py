"""The table of math templates: which numbers each one draws and which equations it asks for.

How a range and a step are written stands in `math_templates_makers`; more templates stand
in `math_templates_held_out` and `math_templates_train`. The prose of a template may stand in any
file of ``texts/`` that `ultralink_data.starter.math` reads.
"""

from ultralink_data.starter.math_templates import MathTemplate
from ultralink_data.starter.math_templates_held_out import HELD_OUT
from ultralink_data.starter.math_templates_makers import easy, held_out, train
from ultralink_data.starter.math_templates_train import TRAIN

_TRAIN_EASY = (
    easy("train", "apples_bowl", "x = a + b"),
    easy("train", "bus_stop", "x = a - b"),
    easy("train", "birds_fence", "x = a + b"),
    easy("train", "balloons_party", "x = a - b"),
    easy("train", "cookie_plates", "x = a * b"),
    easy("train", "stickers_gift", "x = a + b"),
    easy("train", "eggs_basket", "x = a - b"),
    easy("train", "football_goals", "x = a + b"),
    easy("train", "library_return", "x = a - b"),
    easy("train", "fish_tank", "x = a + b"),
    easy("train", "age_gap", "x = a - b"),
    easy("train", "mushroom_hunt", "x = a - b"),
)

_TRAIN_ONE_STEP = (
    train("train_ride", "x = a * b", a=(60, 120, 5), b=(2, 9)),
    train("tulip_rows", "x = a * b", a=(4, 18), b=(6, 25)),
    train("book_shelves", "x = a / b", a=(60, 300), b=(3, 12)),
    train("bicycle_savings", "x = a - b", a=(120, 400, 5), b=(30, 110)),
    train("stamp_album", "x = a * b", a=(5, 24), b=(4, 16)),
    train("rainfall_months", "x = a - b", a=(60, 140), b=(15, 58)),
    train("theatre_weekend", "x = a + b", a=(80, 240), b=(80, 240)),
    train("ribbon_pieces", "x = a / b", a=(60, 400), b=(5, 25)),
)

_TRAIN_TWO_STEPS = (
    train("bakery_rolls", "x = a * b; y = x - c", a=(3, 12), b=(8, 24), c=(10, 90)),
    train("reading_days", "x = b * c; y = a - x", a=(120, 400), b=(8, 30), c=(3, 10)),
    train("egg_boxes", "x = a + b; y = x / c", a=(20, 120), b=(20, 120), c=(6, 12)),
    train(
        "cyclist_tour", "x = a * b; y = x + c", {"y": (25, 110)}, a=(12, 22), b=(2, 5), c=(3, 20)
    ),
    train("water_tank", "x = b * c; y = a - x", a=(200, 900, 10), b=(8, 30), c=(5, 25)),
    train("marbles_more", "x = a + b; y = a + x", a=(10, 60), b=(5, 30)),
    train("rose_stall", "x = a / 2; y = x + b", a=(20, 160, 2), b=(10, 60)),
    train("seedling_rows", "x = a - b; y = x / c", a=(40, 160), b=(4, 30), c=(4, 12)),
    train("notebook_change", "x = a * b; y = c - x", a=(3, 9), b=(2, 8), c=(20, 100, 10)),
    train("swim_lengths", "x = b + c; y = x * a", a=(25, 50, 25), b=(4, 18), c=(4, 18)),
    train("brick_wall", "x = a - b; y = x / c", a=(300, 900, 10), b=(50, 250, 10), c=(20, 60, 5)),
    train("dog_horse", "x = a * b; y = x + a", {"x": (320, 650)}, a=(12, 45), b=(8, 40)),
    train("day_temperature", "x = a + b; y = x - c", a=(4, 18), b=(3, 14), c=(2, 15)),
    train("ferry_cars", "x = a - b; y = x + c", a=(30, 90), b=(5, 28), c=(4, 30)),
    train("warehouse_trucks", "x = a * b; y = x * c", a=(2, 8), b=(5, 15), c=(4, 12)),
)

_TRAIN_THREE_STEPS = (
    train(
        "fruit_shopping", "x = a * b; y = c * d; z = x + y", a=(2, 9), b=(3, 9), c=(2, 9), d=(2, 9)
    ),
    train(
        "wages_half", "x = a * b; y = x - c; z = y / 2", a=(40, 120, 5), b=(4, 12), c=(20, 100, 5)
    ),
    train(
        "class_trip", "x = a * b; y = x + c; z = y / d", a=(3, 9), b=(18, 30), c=(3, 12), d=(20, 52)
    ),
    train(
        "play_income",
        "x = a * b; y = x - c; z = y * d",
        a=(8, 16),
        b=(10, 20),
        c=(10, 60),
        d=(3, 9),
    ),
    train("bead_necklace", "x = a * 2; y = a + x; z = y + b", a=(12, 60), b=(10, 50)),
    train("jogging_days", "x = a + b; y = x * 2; z = y - a", a=(3, 12), b=(2, 8)),
    train(
        "sugar_bag",
        "x = b + c; y = a * x; z = d - y",
        a=(80, 160, 10),
        b=(3, 8),
        c=(3, 8),
        d=(1000, 1900, 100),
    ),
    train("fence_cost", "x = a + b; y = x * 2; z = y * c", a=(26, 60), b=(6, 25), c=(6, 12)),
    train("parking_fee", "x = c - 1; y = x * b; z = a + y", a=(3, 9), b=(2, 6), c=(3, 12)),
    train(
        "honey_jars", "x = a * b; y = c * d; z = x - y", a=(6, 20), b=(5, 15), c=(2, 8), d=(6, 12)
    ),
    train(
        "hiking_route",
        "x = b + c; y = a - x; z = y / d",
        {"z": (10, 22)},
        a=(60, 150),
        b=(10, 22),
        c=(10, 22),
        d=(3, 6),
    ),
    train(
        "two_printers",
        "x = a + b; y = x * c; z = d - y",
        a=(12, 40),
        b=(12, 40),
        c=(5, 20),
        d=(400, 1900, 50),
    ),
    train(
        "paper_recycling",
        "x = a + b; y = x + c; z = y / d",
        a=(20, 90),
        b=(20, 90),
        c=(20, 90),
        d=(5, 12),
    ),
)

_HELD_OUT_ONE_STEP = (
    easy("held_out", "frogs_pond", "x = a - b"),
    easy("held_out", "shells_beach", "x = a + b"),
    easy("held_out", "block_tower", "x = a + b"),
    easy("held_out", "free_chairs", "x = a - b"),
    easy("held_out", "postcards_drawer", "x = a + b"),
    held_out("lighthouse_stairs", "x = a - b", a=(120, 350), b=(20, 110)),
    held_out("coin_piles", "x = a / b", a=(40, 300), b=(4, 15)),
    held_out("toy_factory", "x = a * b", a=(12, 60), b=(3, 9)),
)

_HELD_OUT_TWO_STEPS = (
    held_out("juice_glasses", "x = a * b; y = x - c", a=(4, 12), b=(5, 9), c=(8, 40)),
    held_out("puzzle_days", "x = a - b; y = x / c", a=(100, 500, 10), b=(20, 90), c=(3, 9)),
    held_out("taxi_fare", "x = b * c; y = a + x", a=(3, 9), b=(2, 3), c=(4, 30)),
    held_out("sports_teams", "x = a + b; y = x / c", a=(12, 40), b=(12, 40), c=(4, 8)),
    held_out("summer_pond", "x = b * c; y = a - x", a=(300, 900, 10), b=(6, 25), c=(3, 9)),
)

_HELD_OUT_THREE_STEPS = (
    held_out("farm_legs", "x = a * 2; y = b * 4; z = x + y", a=(5, 40), b=(5, 30)),
    held_out(
        "ship_containers",
        "x = a - b; y = x + c; z = y / d",
        a=(80, 300),
        b=(20, 78),
        c=(20, 90),
        d=(4, 9),
    ),
    held_out(
        "tailor_cloth",
        "x = b * c; y = a - x; z = y / d",
        {"z": (2, 8)},
        a=(40, 100),
        b=(8, 20),
        c=(2, 3),
        d=(4, 12),
    ),
    held_out(
        "concert_chairs",
        "x = b - c; y = a * x; z = y + d",
        a=(8, 20),
        b=(14, 30),
        c=(2, 8),
        d=(10, 60),
    ),
    held_out(
        "guitar_savings",
        "x = a * b; y = x + c; z = d - y",
        a=(8, 25),
        b=(6, 20),
        c=(20, 80, 5),
        d=(250, 700, 10),
    ),
)

TEMPLATES: tuple[MathTemplate, ...] = (
    _TRAIN_EASY
    + _TRAIN_ONE_STEP
    + _TRAIN_TWO_STEPS
    + _TRAIN_THREE_STEPS
    + TRAIN
    + _HELD_OUT_ONE_STEP
    + _HELD_OUT_TWO_STEPS
    + _HELD_OUT_THREE_STEPS
    + HELD_OUT
)
