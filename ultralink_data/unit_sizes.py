"""Units: the dimension of each, its size, and the unit that may follow it."""

from fractions import Fraction

UNIT_DIMENSIONS = {
    "percent": "percent",
    **dict.fromkeys(("dollar", "cent", "euro", "pound", "yen", "rupee"), "currency"),
    **dict.fromkeys(
        ("kilometre", "metre", "centimetre", "millimetre", "mile", "foot", "inch", "yard"), "length"
    ),
    **dict.fromkeys(("kilogram", "gram", "pound (weight)", "ounce", "ton"), "weight"),
    **dict.fromkeys(("litre", "millilitre", "gallon"), "volume"),
    **dict.fromkeys(("Celsius", "Fahrenheit"), "temperature"),
    **dict.fromkeys(("hour", "minute", "second"), "time"),
}
"""The units that every language names, and the dimension of each."""

UNIT_SIZES = {
    "kilometre": Fraction(1000),
    "metre": Fraction(1),
    "centimetre": Fraction(1, 100),
    "millimetre": Fraction(1, 1000),
    "mile": Fraction("1609.344"),
    "foot": Fraction("0.3048"),
    "inch": Fraction("0.0254"),
    "yard": Fraction("0.9144"),
    "kilogram": Fraction(1000),
    "gram": Fraction(1),
    "pound (weight)": Fraction("453.592"),
    "ounce": Fraction("28.3495"),
    "ton": Fraction(10**6),
    "litre": Fraction(1),
    "millilitre": Fraction(1, 1000),
    "gallon": Fraction("3.78541"),
    "hour": Fraction(3600),
    "minute": Fraction(60),
    "second": Fraction(1),
    "dollar": Fraction(1),
    "euro": Fraction(1),
    "cent": Fraction(1, 100),
}
"""Each unit in one of its dimension."""

UNIT_PARTS = {
    "hour": "minute",
    "minute": "second",
    "kilometre": "metre",
    "metre": "centimetre",
    "kilogram": "gram",
    "foot": "inch",
    "dollar": "cent",
    "euro": "cent",
    "litre": "millilitre",
    "pound (weight)": "ounce",
}
"""The unit that may follow in one quantity: "2 hours 30 minutes"."""
