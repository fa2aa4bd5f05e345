"""Readings are decoded strictly and held against their own text."""

import json
from fractions import Fraction

import pytest

from ultralink_data.stage.json_reply import BadReplyError
from ultralink_data.translation.quantities import Quantity, check_reading, read_reading

TEXT = "Ana compra 3 cajas de 12 lápices y regala la mitad a 1.250 niños el 40 % de los días."


def said(*values: object, **more: object) -> str:
    return json.dumps({"quantities": [{"value": value} for value in values]} | more)


ALL = said("3", 12, "1/2", "1250", "40%")


@pytest.mark.parametrize(
    "reply",
    [
        ALL,
        f"```json\n{ALL}\n```",
        f"<think>three?</think>{ALL}",
        said("3", "12", "0.5", "1,250", 40.0),
        said("3", "12", "1250", "40"),
        said("36", "3", "12", "1250", "40", asked={"what": "pencils", "unit": None}),
        said("3 boxes", "a dozen", "1250", "0.4"),
    ],
)
def test_a_reading_with_every_number_of_the_text_counts(reply):
    assert check_reading(reply, TEXT, "es") is None


@pytest.mark.parametrize(
    ("reply", "check"),
    [
        ("", "not_json"),
        ("I see three boxes.", "not_json"),
        ("[1, 2]", "wrong_form"),
        ("{}", "wrong_form"),
        (ALL[:-1], "not_json"),
        (ALL + ALL, "not_json"),
        ('{"quantities": [{"value": NaN}]}', "wrong_form"),
        ('{"quantities": [{"value": Infinity}]}', "wrong_form"),
        ('{"quantities": [{"value": 1e999}]}', "no_value"),
        (said("3", "12", "1250", ["40"]), "wrong_form"),
        (said("3", "12", "1250", None), "wrong_form"),
        (said("3", "12", "1250", True), "wrong_form"),
        (said("many", "12", "1250", "40"), "no_value"),
        (said("3 or 4", "12", "1250", "40"), "no_value"),
        (said("9" * 5000, "12", "1250", "40"), "no_value"),
        ('{"quantities": [{"value": ' + "9" * 5000 + "}]}", "not_json"),
        (said("3", "12", "1250", "40", "77"), "invented_quantity"),
        (said("3", "12", "1250", "40", "5"), "invented_quantity"),
        (said("3", "12", "1250", "40", "4/13"), "invented_quantity"),
        (said("3", "1250", "40"), "missing_quantity"),
        (said("3", "12", "125", "40"), "missing_quantity"),
        (said("3", "12", "1250", "40", answer=15), "wrong_form"),
        (said(*["3"] * 100), "long_reading"),
        (said("3", "12", "1250", "40", asked={"what": "x" * 1000}), "long_reading"),
        ("[" * 100_000, "long_reading"),
        ("[" * 19_000, "not_json"),
        ('{"quantities": [], "quantities": []}', "wrong_form"),
        ('{"quantities": [{"value": "3", "relation": "bigger"}]}', "wrong_form"),
        ('{"quantities": [{"value": "3", "\\ud800": 1}]}', "wrong_form"),
    ],
)
def test_a_reply_that_is_no_reading_of_the_text_says_why(reply, check):
    failure = check_reading(reply, TEXT, "es")
    assert failure is not None
    assert failure.check == check
    assert len(failure.detail) < 400
    with pytest.raises(BadReplyError):
        read_reading(reply, TEXT, "es")


@pytest.mark.parametrize(
    ("language", "text", "values"),
    [
        ("en", "It took 2 1/2 hours and 2/3 of the fuel.", ["5/2", "2/3"]),
        ("zh", "他有27万6千元和三分之一的股份。", ["276000", "1/3"]),
        ("ar", "عمل ساعتين وأكل ٣ تفاحات.", ["2", "3"]),
        ("hi", "उसने २४० रुपये में १२ आम खरीदे।", ["240", "12"]),
        ("ru", "Это занимает полтора часа и 18 %.", ["1.5", "18%"]),
        ("zh", "这件外套今天打七折。", ["30%"]),
        ("en", "Use `f(99)` on the 4 rows.\n```python\nx = 77\n```", ["4"]),
    ],
)
def test_numbers_are_read_as_everywhere_else(language, text, values):
    assert check_reading(said(*values), text, language) is None


def test_a_reading_is_in_lower_case_with_single_spaces():
    reply = {"value": "5", "unit": "Miles ", "what": " Miles  RUN", "relation": "rate", "to": None}
    found = read_reading(json.dumps({"quantities": [reply]}), "5 miles", "en")
    assert found.quantities == (
        Quantity(value=Fraction(5), unit="miles", what="miles run", relation="rate"),
    )
    assert str(found.quantities[0]) == "5 miles miles run (rate)"
    assert found.asked is None
