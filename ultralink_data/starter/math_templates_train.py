"""More training math templates: the texts stand in ``texts/math_train_*``.

All but one ask for a chain of steps that neither the first table nor a held-out template has.
"""

from ultralink_data.starter.math_templates_makers import train

_TWO_STEPS = (
    train("diver_depth", "x = b * c; y = a - x", {"y": (3, 30)}, a=(24, 40), b=(6, 9), c=(2, 4)),
    train("choir_voices", "x = a - b; y = a + x", a=(18, 45), b=(3, 14)),
    train("apple_juice", "x = a / b; y = x * c", {"x": (10, 70)}, a=(30, 150), b=(2, 3), c=(4, 9)),
    train("chess_club", "x = a * b; y = x / 2", a=(8, 40, 2), b=(3, 7)),
    train(
        "pen_pack",
        "x = a / b; y = c - x",
        {"x": (2, 9), "y": (2, 4)},
        a=(10, 60),
        b=(4, 8),
        c=(4, 12),
    ),
)

_THREE_STEPS = (
    train(
        "sheep_wool",
        "x = a * b; y = x - c; z = y / d",
        {"z": (3, 25)},
        a=(20, 60),
        b=(3, 6),
        c=(10, 40),
        d=(8, 20),
    ),
    train("ski_family", "x = a - b; y = x * c; z = y + a", a=(35, 60), b=(8, 20), c=(2, 4)),
    train("mail_carrier", "x = a + b; y = a + x; z = y - c", a=(150, 400), b=(20, 90), c=(3, 20)),
    train(
        "pumpkin_stall", "x = b * 2; y = a - b; z = y - x", {"z": (3, 40)}, a=(40, 120), b=(8, 30)
    ),
    train(
        "moving_van",
        "x = a - b; y = x / c; z = y * d",
        {"y": (2, 5)},
        a=(40, 110),
        b=(5, 20),
        c=(12, 30),
        d=(30, 55, 5),
    ),
    train(
        "roller_coaster",
        "x = a * b; y = x * c; z = y / 2",
        {"x": (12, 40)},
        a=(4, 10),
        b=(2, 4),
        c=(12, 24, 2),
    ),
    train("card_collectors", "x = a / 2; y = x + b; z = a + y", a=(20, 120, 2), b=(5, 40)),
    train(
        "carpet_room",
        "x = a * b; y = x * c; z = y + d",
        a=(5, 8),
        b=(3, 4),
        c=(15, 40),
        d=(60, 200, 10),
    ),
    train(
        "orchestra_flu",
        "x = a + b; y = x + c; z = y - d",
        a=(30, 50),
        b=(12, 22),
        c=(2, 5),
        d=(3, 12),
    ),
)

TRAIN = _TWO_STEPS + _THREE_STEPS
