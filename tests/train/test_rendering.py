"""Where answers stand in a rendered dialogue, and templates that cannot be trained on."""

import copy

import msgspec
import pytest
from train_samples import dialogue

from train.chat_templates import CHATML
from train.packing import pack
from train.rendering import end_of_turn, render
from ultralink_data.errors import ConfigError

LLAMA2 = (
    "{% for m in messages %}{% if m['role'] == 'user' %}"
    "{{ '<s>[INST] ' + m['content'] | trim + ' [/INST]' }}"
    "{% else %}{{ ' ' + m['content'] | trim + ' </s>' }}{% endif %}{% endfor %}"
)
NO_SYSTEM = (
    "{{ '<bos>' }}{% if messages[0]['role'] == 'system' %}"
    "{{ raise_exception('System role not supported') }}{% endif %}{% for m in messages %}"
    "{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('order') }}"
    "{% endif %}{{ '<turn>' + m['role'] + '\n' + m['content'] + '<end>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<turn>assistant\n' }}{% endif %}"
)
GENERATION = (
    "{% for m in messages %}{% if m['role'] == 'user' %}{{ 'U: ' + m['content'] + '\n' }}"
    "{% else %}A: {% generation %}{{ m['content'] + '<end>' }}{% endgeneration %}{{ '\n' }}"
    "{% endif %}{% endfor %}{% if add_generation_prompt %}{{ 'A: ' }}{% endif %}"
)
TURNS = ("How many?", "Two plums.", "And pears?", "Three\n\npears.")
LEARNED = {
    CHATML: ["Two plums.<|im_end|>", "Three\n\npears.<|im_end|>"],
    LLAMA2: [" Two plums. </s>", " Three\n\npears. </s>"],
    NO_SYSTEM: ["Two plums.<end>", "Three\n\npears.<end>"],
    GENERATION: ["Two plums.<end>", "Three\n\npears.<end>"],
}


def with_template(tokenizer, template, special=()):
    changed = copy.deepcopy(tokenizer)
    changed.chat_template = template
    if special:
        changed.add_special_tokens({"extra_special_tokens": list(special)})
    return changed


@pytest.mark.parametrize("template", LEARNED, ids=["chatml", "llama2", "no_system", "generation"])
def test_spans_are_the_answers_and_their_end_of_turn(tokenizer, template):
    ((text, spans),) = render(TURNS, with_template(tokenizer, template))
    assert [text[start:end] for _, start, end in spans] == LEARNED[template]


@pytest.mark.parametrize("template", LEARNED, ids=["chatml", "llama2", "no_system", "generation"])
def test_learned_tokens_are_exactly_the_answers(tokenizer, template):
    special = ("<s>", "</s>", "<end>", "<turn>", "<bos>")
    ready = with_template(tokenizer, template, special)
    ready.bos_token = "<s>"
    row = dialogue(1, turns=4)
    choice = "chatml" if template == CHATML else "auto"
    packed = pack([row], ready, max_tokens=512, template=choice)
    learned = ready.decode(packed.ids[packed.loss])
    # the two answers, and nothing between them; " Two" after "A: " is one token with its blank
    blank = " " if template == GENERATION else ""
    expected = "".join(
        blank + answer.replace(said, real)
        for answer, said, real in zip(
            LEARNED[template], (TURNS[1], TURNS[3]), (row.turns[1], row.turns[3]), strict=True
        )
    )
    assert learned == expected


def test_a_bos_in_the_template_stands_once(tokenizer):
    ready = with_template(tokenizer, LLAMA2, ("<s>", "</s>"))
    ready.bos_token = "<s>"
    ids = pack([dialogue(0)], ready, max_tokens=512, template="auto").ids.tolist()
    assert ids.count(ready.bos_token_id) == 1
    assert ids[0] == ready.bos_token_id


def test_tokens_are_those_that_the_tokenizer_gives_for_the_chat(tokenizer):
    row = dialogue(5, turns=4)
    roles = ("user", "assistant") * 2
    messages = [{"role": r, "content": t} for r, t in zip(roles, row.turns, strict=True)]
    expected = tokenizer.apply_chat_template(messages, tokenize=True, return_dict=True)
    packed = pack([row], tokenizer, max_tokens=512, template="chatml")
    assert packed.ids.tolist() == list(expected["input_ids"])


BAD = {
    "no end-of-turn": "{% for m in messages %}{{ m['role'] + ': ' + m['content'] + '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}",
    "does not follow its generation prompt": CHATML.replace("assistant\n'", "assistant\n<note>'"),
    "for an answer": "{% for m in messages %}{{ m['content'] | upper + '<end>' }}{% endfor %}",
    "refuses a dialogue": "{{ raise_exception('no chats here') }}",
    "of 1 turn: TypeError: can only": "{{ messages[0]['content'] + 1 }}",
    "of 1 turn: OverflowError: Range": "{% for i in range(10 ** 9) %}x{% endfor %}",
    "of 1 turn: unexpected end of template": "{% for m in messages %}{{ m['content']",
}


@pytest.mark.parametrize("problem", BAD)
def test_an_unfit_template_is_named(tokenizer, problem):
    with pytest.raises(ConfigError, match=problem):
        render(TURNS, with_template(tokenizer, BAD[problem]))


@pytest.mark.parametrize("problem", BAD)
def test_an_unfit_template_names_the_option_that_helps(tokenizer, problem):
    with pytest.raises(ConfigError) as caught:
        render(TURNS, with_template(tokenizer, BAD[problem]))
    assert "--set train.template=chatml" in caught.value.hint


def test_what_a_template_writes_is_shown_where_it_does_not_fit(tokenizer):
    bad = {name: with_template(tokenizer, BAD[name]) for name in BAD}
    with pytest.raises(ConfigError, match=r"refuses a dialogue of 1 turn: no chats here$"):
        render(TURNS, bad["refuses a dialogue"])
    with pytest.raises(ConfigError, match=r"'TWO PLUMS\.<end>' for an answer 'Two plums\.'$"):
        render(TURNS[:2], bad["for an answer"])
    follow = r"which ends in '.*<note>' \(with the answer there stands '.*Two plums"
    with pytest.raises(ConfigError, match=follow):
        render(TURNS[:2], bad["does not follow its generation prompt"])


def test_an_answer_of_which_the_template_keeps_a_part_only_is_refused(tokenizer):
    template = CHATML.replace("message['content']", "message['content'].split('.')[0] + '!'")
    with pytest.raises(ConfigError, match=r"for an answer 'Two plums\.'$"):
        render(TURNS[:2], with_template(tokenizer, template))


def test_text_before_an_answer_is_no_part_of_it(tokenizer):
    template = GENERATION.replace("{{ m['content']", "{{ 'So: ' + m['content']")
    with pytest.raises(ConfigError, match=r"for an answer 'Two plums\.'$"):
        render(TURNS[:2], with_template(tokenizer, template))


def test_a_span_begins_after_the_blanks_of_its_prompt(tokenizer):
    ((text, (first, second)),) = render(TURNS, with_template(tokenizer, GENERATION))
    assert text == "U: How many?\nA: Two plums.<end>\nU: And pears?\nA: Three\n\npears.<end>\n"
    assert (first.blank, first.start, first.end) == (15, 16, 31)
    assert text[second.blank : second.start] == " "


def test_an_unanswered_question_at_the_end_is_left_out(tokenizer):
    assert render(TURNS[:3], tokenizer) == render(TURNS[:2], tokenizer)
    assert render(TURNS[:1], tokenizer) == (("", ()),)


CHANGING = (
    "{% set last = messages | selectattr('role', 'equalto', 'user') | list | length * 2 - 2 %}"
    "{% for m in messages %}"
    "{{ '-' if m['role'] == 'assistant' and loop.index0 < last else m['content'] }}<end>"
    "{% endfor %}"
)
"""A template that leaves out earlier answers."""


def test_a_template_that_changes_earlier_turns_gives_a_text_for_each_answer(tokenizer):
    ready = with_template(tokenizer, CHANGING)
    samples = render(TURNS, ready)
    assert [text for text, _ in samples] == [
        "How many?<end>Two plums.<end>",
        "How many?<end>-<end>And pears?<end>Three\n\npears.<end>",
    ]
    assert [[text[s.start : s.end] for s in spans] for text, spans in samples] == [
        ["Two plums.<end>"],
        ["Three\n\npears.<end>"],
    ]
    assert render(TURNS[:2], ready) == samples[:1]


def test_an_answer_stands_behind_what_the_model_is_asked_not_what_is_written_later(tokenizer):
    window = (
        "{% for m in messages %}"
        "{{ m['content'] if loop.index0 + 2 >= messages | length else '-' }}<end>{% endfor %}"
    )
    first, second = render(TURNS, with_template(tokenizer, window))
    assert first.text == "How many?<end>Two plums.<end>"
    prompt = "-<end>Two plums.<end>And pears?<end>"
    assert second.text == f"{prompt}Three\n\npears.<end>"
    assert [span.start for span in second.spans] == [len(prompt)]


def test_rows_of_one_answer_each_are_packed_and_counted(tokenizer):
    ready = with_template(tokenizer, CHANGING, ("<end>",))
    rows = [dialogue(1, turns=6), dialogue(2), dialogue(3, language="zh", turns=4)]
    packed = pack(rows, ready, max_tokens=512, template="auto", packing=False)
    assert [(c.language, c.rows, c.again) for c in packed.counts.cells] == [
        ("en", 4, 2),
        ("zh", 2, 1),
    ]
    assert packed.counts.again == 3
    learned = {
        ready.decode(packed.ids[start:end][packed.loss[start:end]])
        for index in range(packed.sequences)
        for _, start, end in packed.segments(index)
    }
    assert learned == {f"{turn}<end>" for row in rows for turn in row.turns[1::2]}


def test_a_row_that_spells_tokens_is_trained_one_answer_at_a_time_too(tokenizer):
    ready = with_template(tokenizer, CHANGING, ("<end>",))
    row = dialogue(1, turns=4)
    turns = (row.turns[0], "One <end> two", *row.turns[2:])
    packed = pack(
        [msgspec.structs.replace(row, turns=turns)],
        ready,
        max_tokens=512,
        template="auto",
        packing=False,
    )
    assert (packed.counts.rows, packed.counts.again, packed.counts.spelled) == (2, 1, 2)
    end = ready.convert_tokens_to_ids("<end>")
    marks = [(s.ids == end).sum() for s in map(packed.sequence, range(2))]
    assert sorted(marks) == [2, 4]
    assert sorted(ready.decode(s.ids[s.loss]) for s in map(packed.sequence, range(2))) == sorted(
        ["One <end> two<end>", f"{row.turns[3]}<end>"]
    )


THINKING = (
    "{% for m in messages %}{% if m['role'] == 'user' %}{{ '<u>' + m['content'] }}"
    "{% elif loop.last %}{{ '<a><think>\n\n</think>\n\n' + m['content'] + '<end>\n' }}"
    "{% else %}{{ '<a>' + m['content'] + '<end>\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<a>' }}{% endif %}"
)
OPENING = (
    "{% for m in messages %}{{ '<u>' if m['role'] == 'user' else '<a>' }}{{ m['content'] }}"
    "{% if m['role'] != 'user' %}<end>{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<a><think>\n' }}{% endif %}"
)


@pytest.mark.parametrize("answer", ["Two plums.", "think", "<b>two</b>", "/think>", "think>\n"])
def test_an_empty_thought_that_the_prompt_lacks_is_learned_with_the_answer(tokenizer, answer):
    turns = ("How many?", answer, *TURNS[2:])
    first, second = render(turns, with_template(tokenizer, THINKING))
    assert first.text == f"<u>How many?<a><think>\n\n</think>\n\n{answer}<end>\n"
    said = f"<u>How many?<a>{answer}<end>\n<u>And pears?<a>"
    assert second.text == f"{said}<think>\n\n</think>\n\n{TURNS[3]}<end>\n"
    for text, (span,) in (first, second):
        assert text[span.start : span.end].startswith("<think>\n\n</think>\n\n")
        assert text[span.end :] == "\n"


@pytest.mark.parametrize("answer", ["Two plums.", "<thin", "<think", "<b>two</b>"])
def test_a_thought_that_the_prompt_opens_is_closed_at_once(tokenizer, answer):
    turns = ("How many?", answer, *TURNS[2:])
    first, second = render(turns, with_template(tokenizer, OPENING))
    prompt = "<u>How many?<a><think>\n"
    assert first.text == f"{prompt}</think>\n\n{answer}<end>"
    assert first.spans[0].start == len(prompt)
    assert second.text == (
        f"<u>How many?<a>{answer}<end><u>And pears?<a><think>\n</think>\n\n{TURNS[3]}<end>"
    )
    assert second.spans[0].end == len(second.text)


@pytest.mark.parametrize("tag", ["<note>\n", "[INST]", "<b>"])
def test_other_tags_at_the_end_of_a_prompt_are_no_thought(tokenizer, tag):
    with pytest.raises(ConfigError, match="does not follow its generation prompt"):
        render(TURNS[:2], with_template(tokenizer, OPENING.replace("<think>\n", tag)))


def test_a_thought_that_says_something_is_no_part_of_an_answer(tokenizer):
    said = THINKING.replace("<think>\n\n", "<think>\nhm\n")
    with pytest.raises(ConfigError, match="for an answer 'Two plums"):
        render(TURNS[:2], with_template(tokenizer, said))


def test_only_the_first_token_behind_an_answer_ends_it(tokenizer):
    after = CHATML.replace(
        "{% if add_generation_prompt %}", "{% if not add_generation_prompt %}<bye>{% else %}"
    )
    ready = with_template(tokenizer, after, ("<bye>",))
    ((text, spans),) = render(TURNS, ready)
    assert [text[s.start : s.end] for s in spans] == LEARNED[CHATML]
    assert text.endswith("<|im_end|>\n<bye>")
    assert end_of_turn(ready) == tokenizer.convert_tokens_to_ids("<|im_end|>")


def test_marks_that_are_no_tokens_end_no_generation(tokenizer):
    assert end_of_turn(with_template(tokenizer, GENERATION)) is None
    ready = with_template(tokenizer, GENERATION, ("<end>",))
    assert end_of_turn(ready) == ready.convert_tokens_to_ids("<end>")


def test_a_template_that_writes_the_date_writes_the_same_on_every_day(tokenizer):
    dated = "{{ strftime_now('%d %b %Y') + '\n' }}" + CHATML
    ((text, spans),) = render(TURNS, with_template(tokenizer, dated))
    assert text.startswith("26 Jul 2024\n<|im_start|>user\nHow many?")
    assert len(spans) == 2


SYSTEM = "You count fruit."


def test_a_system_turn_is_written_as_the_template_says(tokenizer):
    ((text, spans),) = render(TURNS, tokenizer, SYSTEM)
    assert text.startswith(f"<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\nHow many?")
    assert [text[s.start : s.end] for s in spans] == LEARNED[CHATML]


@pytest.mark.parametrize(
    "template", [NO_SYSTEM, LLAMA2.replace("{% else %}", "{% elif m['role'] == 'assistant' %}")]
)
def test_where_a_template_has_no_system_turn_it_stands_before_the_question(tokenizer, template):
    ready = with_template(tokenizer, template)
    assert render(TURNS, ready, SYSTEM) == render((f"{SYSTEM}\n\n{TURNS[0]}", *TURNS[1:]), ready)
    assert render(TURNS, ready, "  \n") == render(TURNS, ready)
