"""Agreement with numbers in Russian, by rule: nouns in three cases and verbs in the past tense.

The texts of the math problems may write one word instead of three forms:

- ``{a:книга}``: the noun as a subject (1 книга, 2 книги, 5 книг)
- ``{a:книга@acc}``, ``{a:книга@dat}``: as an object (1 книгу), and after the preposition "по"
- ``{a:остался~книга}``: a verb or short participle that agrees (осталась 1, осталось 2, осталось 5)
- ``{a:едет|едут}``: two forms of a verb in the present tense, for 1 and for the rest

`expand` writes them out; `disagreement` finds what is written by hand and does not agree. Only
inanimate nouns stand in ``texts/nouns_ru.toml``: the accusative of living beings follows another
rule and is written by hand.
"""

import functools
import re
import tomllib
from importlib import resources

NOUNS_FILE = "nouns_ru.toml"

_FORMS = re.compile(r"\{(?P<name>[a-z]+2?):(?P<forms>[^{}]*)\}")
_INDECLINABLE_MASCULINE = frozenset({"евро"})
# The vowel that drops out, or another stem, in the feminine and the neuter.
_STEMS = {"ушёл": "ушл", "прошёл": "прошл", "пришёл": "пришл", "высох": "высохл", "нужен": "нужн"}
_ADVERBS = "(?:ещё |уже |всего |только |теперь |там |не )*"
_NEUTER_BEFORE_NUMBER = re.compile(
    r"\b(?!около )\w+(?:ло|лось|[аеё]но|[ыя]то|ужно) "
    rf"{_ADVERBS}\{{(?P<number>[a-z]+)=?\}} \{{(?P=number):(?P<noun>[^{{}}|]*)\|"
)
_FORMS_BEFORE_NUMBER = re.compile(
    rf"\{{(?P<number>[a-z]+):(?P<verb>[^{{}}|]*)\|[^{{}}]*\}} {_ADVERBS}"
    r"\{(?P=number)=?\} \{(?P=number):(?P<noun>[^{}|]*)\|"
)


@functools.cache
def nouns() -> dict[str, tuple[str, str, str]]:
    """Each noun of the list with its forms after 1, 2 to 4, and 5 and more."""
    file = resources.files("ultralink_data.starter").joinpath("texts", NOUNS_FILE)
    listed = tomllib.loads(file.read_text(encoding="utf-8"))
    found = {}
    for noun, forms in listed.items():
        few, _, many = str(forms).partition(" ")
        if not many or " " in many:
            raise ValueError(f"{NOUNS_FILE}: {noun!r} must have two more forms, got {forms!r}")
        found[noun] = (noun, few, many)
    return found


def gender(noun: str, few: str = "") -> str:
    """One of m, f and n, from the form after 1; after a soft sign the form after 2 decides."""
    if noun in _INDECLINABLE_MASCULINE:
        return "m"
    if noun.endswith(("о", "е", "ё")):
        return "n"
    if noun.endswith("ь"):
        return "f" if few.endswith("и") else "m"
    return "f" if noun.endswith(("а", "я")) else "m"


def expand(text: str) -> str:
    """Write out every short placeholder of a text; three forms stay as they are.

    Raises:
        ValueError: a noun that the list lacks, or a case that is none.
    """
    return _FORMS.sub(lambda match: f"{{{match['name']}:{_written_out(match['forms'])}}}", text)


def _written_out(forms: str) -> str:
    given = forms.split("|")
    if len(given) == 2:
        return "|".join((*given, given[1]))
    if len(given) > 2:
        return forms
    verb, agrees, noun = forms.rpartition("~")
    noun, _, case = noun.partition("@")
    if noun not in nouns():
        raise ValueError(f"{NOUNS_FILE} lacks the noun {noun!r}")
    one, few, many = nouns()[noun]
    if agrees:
        singular = _past(verb, gender(one, few))
        neuter = _past(verb, "n")
        return "|".join((singular, neuter, neuter))
    if case not in ("", "acc", "dat"):
        raise ValueError(f"unknown case {case!r} of {noun!r}, expected acc or dat")
    return "|".join((_in_case(one, few, case), few, many))


def _in_case(one: str, few: str, case: str) -> str:
    """The form after 1 in a case; 2 and more take the same forms in all three."""
    kind = gender(one, few)
    if case == "" or one in _INDECLINABLE_MASCULINE:
        return one
    if kind == "f":
        if one.endswith("ь"):
            return one if case == "acc" else f"{one[:-1]}и"
        if case == "acc":
            return one[:-1] + ("у" if one.endswith("а") else "ю")
        return one[:-1] + ("и" if one.endswith("ия") else "е")
    if case == "acc":
        return one
    return few[:-1] + ("у" if few.endswith("а") else "ю")


def _past(verb: str, kind: str) -> str:
    """A verb in the past tense or a short participle, given as a masculine, in a gender."""
    if kind == "m":
        return verb
    stem, reflexive = (verb[:-2], True) if verb.endswith("ся") else (verb, False)
    stem = _STEMS.get(stem, stem)
    return stem + ("а" if kind == "f" else "о") + ("сь" if reflexive else "")


def disagreement(text: str) -> str | None:
    """The first place of an expanded text where verb and noun cannot agree with a number in 1.

    Two faults are seen: a neuter past tense without forms before a number whose noun is not
    neuter, and forms whose first one has another gender than the noun.
    """
    for match in _NEUTER_BEFORE_NUMBER.finditer(text):
        if gender(_last_word(match["noun"]), "") != "n":
            return match[0]
    for match in _FORMS_BEFORE_NUMBER.finditer(text):
        verb, noun = match["verb"], _last_word(match["noun"])
        known = nouns().get(noun)
        wanted = gender(noun, known[1] if known else "")
        seen = _gender_of_past(verb)
        if seen is not None and not noun.endswith("ь") and seen != wanted:
            return match[0]
    return None


def _last_word(forms: str) -> str:
    return forms.split(" ")[-1]


def _gender_of_past(verb: str) -> str | None:
    """The gender that a past tense shows; None for other words."""
    for endings, kind in ((("л", "лся"), "m"), (("ла", "лась"), "f"), (("ло", "лось"), "n")):
        if verb.endswith(endings):
            return kind
    return None
