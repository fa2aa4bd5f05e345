"""Parallel math word problems with worked solutions, in the style of GSM8K.

The arithmetic comes from ``math_templates_table``, the prose from ``texts/math_{language}.toml``
and ``texts/math_{part}_{language}.toml``: one table a template with ``question`` and ``solution``
(one sentence a step). Placeholders:

- ``{a}``: a number
- ``{a:apple|apples}``: the form that agrees with the number, without the number itself; two forms
  in English, Spanish and French, three in Russian (1, 2-4, 5 and more), one in Chinese; Russian
  texts may name a noun and let `ultralink_data.starter.russian` write its forms
- ``{x=}``: the written-out equation of the step that computes x, such as ``4 * 3 = 12``
- ``{she}``, ``{she2}``, ``{he}``, ``{he2}``: a girl's or boy's first name

A question shows each given number exactly once and no other digit, so that the numbers which keep
training and held-out problems apart are the numbers that a reader sees.
"""

import functools
import random
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Literal, get_args

import msgspec

from ultralink_data.errors import ConfigError
from ultralink_data.starter import russian
from ultralink_data.starter.math_templates import MathTemplate, Split
from ultralink_data.starter.math_templates_names import BOYS, GIRLS
from ultralink_data.starter.math_templates_table import TEMPLATES
from ultralink_data.starter.starter_languages import LANGUAGES

_PLURAL_FORMS = {"en": 2, "zh": 1, "es": 2, "fr": 2, "ru": 3}
_NAMES = ("she", "she2", "he", "he2")
_PLACEHOLDER = re.compile(r"\{(?P<name>[a-z]+2?)(?P<equation>=)?(?::(?P<forms>[^{}]*))?\}")
_MAX_REPEATS = 5_000


class MathProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One word problem in all languages, with the same numbers and the same answer."""

    problem_id: str
    """For example ``starter-math/tulip_rows/0007``, the same in every language."""
    template_id: str
    split: Literal["train", "held_out"]
    steps: int
    band: Literal["easy", "normal"]
    question: dict[str, str]
    """Language to text."""
    solution: dict[str, str]
    """Language to the step sentences and the closing sentence."""
    answer: int


class TemplateText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The prose of one template in one language, with placeholders."""

    question: str
    solution: tuple[str, ...]


class _Filling(msgspec.Struct, frozen=True, kw_only=True):
    """What the placeholders of one problem stand for, apart from the language."""

    values: dict[str, int]
    equations: dict[str, str]
    names: dict[str, int]


def math_problems(
    seed: int,
    split: str,
    per_template: int,
    closings: Mapping[str, str],
    *,
    per_easy_template: int | None = None,
) -> list[MathProblem]:
    """Make `per_template` problems of every template of a split ("train" or "held_out").

    Single digits allow only about a dozen problems a template (never fewer than 12), so the easy
    templates may be given a count of their own, `per_easy_template`. `closings` maps each language
    to its closing sentence with ``{answer}`` in it; languages without starter texts are ignored.

    The numbers of a problem depend on the seed, its id and the earlier problems of its template
    only, so a larger count appends to what a smaller one gives.

    Raises:
        ValueError: an unknown split, a count below 1, a missing closing, or broken text files.
        ConfigError: a template that cannot give so many.
    """
    if split not in get_args(Split):
        raise ValueError(f"split must be one of {', '.join(get_args(Split))}, got {split!r}")
    easy_count = per_template if per_easy_template is None else per_easy_template
    for count in (per_template, easy_count):
        if count < 1:
            raise ValueError(f"problems per template must be >= 1, got {count}")
    _check_closings(closings)
    counts = {"easy": easy_count, "normal": per_template}
    return [
        problem
        for template in TEMPLATES
        if template.split == split
        for problem in _problems_of(template, seed, counts[template.band], closings)
    ]


def plural_index(language: str, number: int) -> int:
    """Which of the forms of a placeholder agrees with a number: 0 is the singular.

    The rules are those of CLDR for whole numbers.
    """
    if language == "zh":
        return 0
    if language == "fr":
        return 0 if number in (0, 1) else 1
    if language == "ru":
        if number % 10 == 1 and number % 100 != 11:
            return 0
        return 1 if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else 2
    return 0 if number == 1 else 1


@functools.cache
def load_texts(language: str) -> dict[str, TemplateText]:
    """Read and check the prose of a language; template id to text.

    It stands in all files ``texts/math_{language}.toml`` and ``texts/math_{part}_{language}.toml``,
    each template in one of them. ValueError names file, template and field of what is wrong: a
    template without text or with two, a text without template, an unknown placeholder, a wrong
    number of plural forms or of solution sentences.
    """
    name = re.compile(rf"math_(\w+_)?{language}\.toml")
    folder = resources.files("ultralink_data.starter").joinpath("texts")
    files = sorted(filter(lambda file: name.fullmatch(file.name), folder.iterdir()), key=_name_of)
    return parse_texts(language, {file.name: file.read_text(encoding="utf-8") for file in files})


def _name_of(file: Traversable) -> str:
    return file.name


def parse_texts(language: str, contents: Mapping[str, str]) -> dict[str, TemplateText]:
    """Decode and check the text files of a language, name to content, as in `load_texts`."""
    tables: dict[str, object] = {}
    owners: dict[str, str] = {}
    for file, content in contents.items():
        try:
            found = tomllib.loads(content)
        except tomllib.TOMLDecodeError as error:
            raise ValueError(f"{file}: not valid TOML: {error}") from error
        for template_id in sorted(set(found) & set(tables)):
            raise ValueError(f"{file}: {template_id!r} has a text in {owners[template_id]} already")
        tables |= found
        owners |= dict.fromkeys(found, file)
    expected = {template.id for template in TEMPLATES}
    for missing in sorted(expected - set(tables)):
        raise ValueError(f"{', '.join(contents)}: template {missing!r} has no text")
    for extra in sorted(set(tables) - expected):
        raise ValueError(f"{owners[extra]}: text for an unknown template {extra!r}")
    return {
        template.id: _checked_text(language, template, owners[template.id], tables[template.id])
        for template in TEMPLATES
    }


def _checked_text(language: str, template: MathTemplate, file: str, table: object) -> TemplateText:
    where = f"{file}: template {template.id!r}"
    try:
        text = msgspec.convert(table, TemplateText)
        if language == "ru":
            text = _in_agreement(text)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error
    _check_question(where, language, template, text.question)
    _check_solution(where, language, template, text.solution)
    return text


def _in_agreement(text: TemplateText) -> TemplateText:
    """A Russian text with its forms written out; ValueError where one cannot agree."""
    question, *solution = map(russian.expand, (text.question, *text.solution))
    for sentence in (question, *solution):
        fault = russian.disagreement(sentence)
        if fault is not None:
            raise ValueError(f"verb or noun does not agree with a number in 1: {fault}")
    return TemplateText(question=question, solution=tuple(solution))


def _check_question(where: str, language: str, template: MathTemplate, question: str) -> None:
    givens = {name for name, _ in template.givens}
    where = f"{where}, question"
    _check_placeholders(where, language, question, numbers=givens, equations=set())
    for name in sorted(givens):
        shown = question.count(f"{{{name}}}")
        if shown != 1:
            raise ValueError(f"{where}: must show {{{name}}} exactly once, found {shown}")


def _check_solution(
    where: str, language: str, template: MathTemplate, solution: tuple[str, ...]
) -> None:
    if len(solution) != template.steps:
        raise ValueError(
            f"{where}, solution: must have {template.steps} sentences, got {len(solution)}"
        )
    known = {name for name, _ in template.givens}
    for index, (sentence, equation) in enumerate(zip(solution, template.equations, strict=True)):
        known.add(equation.target)
        here = f"{where}, solution[{index}]"
        _check_placeholders(here, language, sentence, numbers=known, equations={equation.target})
        if sentence.count(f"{{{equation.target}=}}") != 1:
            raise ValueError(f"{here}: must show {{{equation.target}=}} exactly once")


def _check_placeholders(
    where: str, language: str, text: str, *, numbers: set[str], equations: set[str]
) -> None:
    for match in _PLACEHOLDER.finditer(text):
        name, forms = match["name"], match["forms"]
        if match["equation"]:
            known = equations if forms is None else set()
        else:
            known = numbers if forms is not None else numbers | set(_NAMES)
        if name not in known:
            raise ValueError(f"{where}: unknown placeholder {match[0]}")
        if forms is not None and forms.count("|") + 1 != _PLURAL_FORMS[language]:
            raise ValueError(f"{where}: {match[0]} must have {_PLURAL_FORMS[language]} forms")
    rest = _PLACEHOLDER.sub("", text)
    if "{" in rest or "}" in rest:
        raise ValueError(f"{where}: a brace belongs to no placeholder")
    if re.search(r"\d", rest):
        raise ValueError(f"{where}: a digit outside a placeholder; write the number as a word")


def _check_closings(closings: Mapping[str, str]) -> None:
    for language in LANGUAGES:
        if "{answer}" not in closings.get(language, ""):
            raise ValueError(
                f"closings must have a sentence with {{answer}} for {language!r}, "
                f"got {closings.get(language)!r}"
            )


def _problems_of(
    template: MathTemplate, seed: int, count: int, closings: Mapping[str, str]
) -> list[MathProblem]:
    problems = []
    seen: set[tuple[int, ...]] = set()
    for index in range(count):
        problem_id = f"starter-math/{template.id}/{index:04d}"
        rng = random.Random(f"{seed}/{problem_id}")
        values = _draw_unseen(template, rng, seen, count)
        seen.add(template.given_numbers(values))
        problems.append(
            _render_problem(template, problem_id, _fill(template, values, rng), closings)
        )
    return problems


def _draw_unseen(
    template: MathTemplate, rng: random.Random, seen: set[tuple[int, ...]], count: int
) -> dict[str, int]:
    for _ in range(_MAX_REPEATS):
        values = template.draw(rng)
        if template.given_numbers(values) not in seen:
            return values
    raise ConfigError(
        f"math template {template.id!r} cannot give {count} problems with different numbers; "
        f"it ended at {len(seen)}",
        hint="ask for fewer problems per template (per_template)",
    )


def _fill(template: MathTemplate, values: dict[str, int], rng: random.Random) -> _Filling:
    she, she2 = rng.sample(range(len(GIRLS["en"])), 2)
    he, he2 = rng.sample(range(len(BOYS["en"])), 2)
    return _Filling(
        values=values,
        equations={equation.target: equation.render(values) for equation in template.equations},
        names={"she": she, "she2": she2, "he": he, "he2": he2},
    )


def _render_problem(
    template: MathTemplate, problem_id: str, filling: _Filling, closings: Mapping[str, str]
) -> MathProblem:
    answer = filling.values[template.answer_name]
    question, solution = {}, {}
    for language in LANGUAGES:
        text = load_texts(language)[template.id]
        question[language] = _render(text.question, language, filling)
        sentences = [_render(sentence, language, filling) for sentence in text.solution]
        sentences.append(closings[language].replace("{answer}", str(answer)))
        solution[language] = ("" if language == "zh" else " ").join(sentences)
    return MathProblem(
        problem_id=problem_id,
        template_id=template.id,
        split=template.split,
        steps=template.steps,
        band=template.band,
        question=question,
        solution=solution,
        answer=answer,
    )


def _render(pattern: str, language: str, filling: _Filling) -> str:
    def replacement(match: re.Match[str]) -> str:
        name = match["name"]
        if match["equation"]:
            return filling.equations[name]
        if match["forms"] is not None:
            return match["forms"].split("|")[plural_index(language, filling.values[name])]
        if name in _NAMES:
            people = GIRLS if name.startswith("she") else BOYS
            return people[language][filling.names[name]]
        return str(filling.values[name])

    return _PLACEHOLDER.sub(replacement, pattern)
