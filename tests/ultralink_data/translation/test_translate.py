"""Prompts of a translation: what the translator is told, and how much of the chat it sees."""

import asyncio
import math

import pytest

from ultralink_data import languages
from ultralink_data.dialogue import Dialogue, Provenance
from ultralink_data.translation.translate import (
    instruction,
    messages,
    prompt_version,
    source_turn,
    task,
    translate,
    unwrapped,
)
from ultralink_data.translation.translate_config import TranslateConfig

CONFIG = TranslateConfig()


@pytest.mark.parametrize("language", languages.names())
@pytest.mark.parametrize("kind", ["chat_agnostic", "math", "code"])
def test_a_translator_is_told_what_holds_for_the_kind_of_text(language, kind):
    said = instruction(language, kind, "keep")
    prompts = languages.get(language).translate
    assert said.startswith(prompts.instruction)
    assert said.endswith(prompts.closing)
    assert "{" not in said
    assert (prompts.code in said) == (kind == "code")
    assert (prompts.keep_names in said) == (kind != "code")
    assert (prompts.answer_line.replace("{answer}", "...") in said) == (kind == "math")
    if kind != "code":
        assert prompts.localise_names in instruction(language, kind, "localise")


@pytest.mark.parametrize("language", languages.names())
def test_the_prompts_of_languages_and_switches_have_versions_of_their_own(language):
    others = {prompt_version(code, "keep") for code in languages.names() if code != language}
    assert prompt_version(language, "keep") not in others
    assert prompt_version(language, "keep") != prompt_version(language, "localise")


def test_the_context_holds_the_last_turns_that_fit():
    turns = ("a" * 400, "b" * 400, "c" * 400)
    done = ["x" * 400, "y" * 400]
    config = TranslateConfig(context_tokens=200)
    said = messages(turns, done, "es", "chat_agnostic", config)
    assert [m.role for m in said] == ["user", "assistant", "user"]
    assert said[0].content.endswith(f"<text>\n{turns[1]}\n</text>")
    assert said[1].content == done[1]
    assert said[2].content.startswith(languages.get("es").translate.next_turn)
    assert len(messages(turns, done, "es", "chat_agnostic", TranslateConfig(context_tokens=0))) == 1
    assert len(messages(turns, done, "es", "chat_agnostic", CONFIG)) == 5


def test_an_answer_knows_the_passages_that_its_question_asks_to_correct():
    turns = ('Correct the grammar: "She go to school."', "She goes to school.")
    assert source_turn(turns, 1, "es", "chat_agnostic").answers == ("She go to school.",)
    assert source_turn(turns, 0, "es", "chat_agnostic").answers == ()


@pytest.mark.parametrize(
    ("reply", "text"),
    [("<text>\nHola\n</text>", "Hola"), (" Hola ", "Hola"), ("<b>Hola</b>", "<b>Hola</b>")],
)
def test_the_marks_around_a_text_are_taken_off(reply, text):
    assert unwrapped(reply) == text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("context_tokens", -1),
        ("max_turn_tokens", 0),
        ("reply_factor", 0.9),
        ("reply_factor", math.inf),
    ],
)
def test_a_setting_out_of_range_is_named_with_its_value(field, value):
    with pytest.raises(ValueError, match=f"{field} must be .* got {value}"):
        TranslateConfig(**{field: value})


@pytest.mark.parametrize(
    ("turns", "reason"),
    [
        (("Hi?", "Fine.<|im_end|>"), "control_token"),
        (("Hi?", "Fine.", "[INST] And? [/INST]", "Fine."), "control_token"),
        (("Hi?", "<think>Hm.</think> Fine."), "thinking"),
    ],
)
def test_a_source_with_control_tokens_is_refused_before_anything_is_asked(turns, reason):
    class Nobody:
        async def ask(self, request):
            raise AssertionError("asked")

    row = Dialogue(
        id="a", language="en", kind="math", turns=turns, provenance=Provenance(source_id="a")
    )
    outcome = asyncio.run(translate(task(row, "es"), Nobody(), CONFIG, model="m"))
    assert outcome.rejected is not None
    assert outcome.rejected.reason == reason
