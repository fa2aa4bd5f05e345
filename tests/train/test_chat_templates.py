import copy

import pytest
from train_samples import dialogue

from train.chat_templates import CHATML, IM_END, IM_START, prepare, render, vocabulary_hash
from train.packing import pack
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
    text, spans = render(TURNS, with_template(tokenizer, template))
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
    "does not follow its generation prompt": CHATML.replace("assistant\n'", "assistant\n<think>'"),
    "earlier turns differently": "{% for m in messages %}"
    "{{ m['content'] if loop.index0 + 2 >= messages | length else '-' }}<end>{% endfor %}",
    "it writes earlier turns differently when later ones follow": "{% set last = messages"
    " | selectattr('role', 'equalto', 'user') | list | length * 2 - 2 %}{% for m in messages %}"
    "{{ '-' if m['role'] == 'assistant' and loop.index0 < last else m['content'] }}<end>"
    "{% endfor %}",
    "for an answer": "{% for m in messages %}{{ m['content'] | upper + '<end>' }}{% endfor %}",
    "refuses a dialogue": "{{ raise_exception('no chats here') }}",
}


@pytest.mark.parametrize("problem", BAD)
def test_an_unfit_template_is_named(tokenizer, problem):
    with pytest.raises(ConfigError, match=problem):
        render(TURNS, with_template(tokenizer, BAD[problem]))


def test_auto_without_a_template_is_refused(tokenizer):
    with pytest.raises(ConfigError, match="no chat template"):
        prepare(with_template(tokenizer, None), "auto")


def test_chatml_brings_its_tokens_to_a_tokenizer_without_them():
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    plain = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.BPE({"a": 0, "</s>": 1}, [])), eos_token="</s>"
    )
    ready = prepare(plain, "chatml")
    assert {IM_START, IM_END} <= set(ready.get_vocab())
    assert (ready.eos_token, plain.eos_token) == (IM_END, "</s>")
    assert plain.chat_template is None
    assert len(plain) == 2


def test_a_tokenizer_that_is_ready_is_not_copied(tokenizer):
    assert prepare(tokenizer, "chatml") is tokenizer
    assert prepare(tokenizer, "auto") is tokenizer
    other = copy.deepcopy(tokenizer)
    other.eos_token = "<|endoftext|>"
    changed = prepare(other, "chatml")
    assert (changed.eos_token, other.eos_token) == (IM_END, "<|endoftext|>")
    assert len(changed) == len(other)


def test_tokens_of_its_own_are_kept_where_chatml_adds_some(tokenizer):
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    plain = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.BPE({"a": 0, "</s>": 1}, [])),
        eos_token="</s>",
        extra_special_tokens=["<own>"],
    )
    ready = prepare(plain, "chatml")
    assert ready.chat_template == CHATML
    assert {"<own>", IM_START, IM_END} <= set(ready.all_special_tokens)


def test_a_slow_tokenizer_is_refused_by_name():
    class Slow:
        is_fast = False

    with pytest.raises(ConfigError, match=r"^Slow gives no character offsets") as caught:
        prepare(Slow(), "chatml")
    assert "tokenizer.json" in caught.value.hint


@pytest.mark.parametrize("problem", BAD)
def test_an_unfit_template_names_the_option_that_helps(tokenizer, problem):
    with pytest.raises(ConfigError) as caught:
        render(TURNS, with_template(tokenizer, BAD[problem]))
    assert "--set train.template=chatml" in caught.value.hint


def test_what_a_template_writes_is_shown_where_it_does_not_fit(tokenizer):
    bad = {name: with_template(tokenizer, BAD[name]) for name in BAD}
    with pytest.raises(ConfigError, match=r"refuses a dialogue of 1 turns: no chats here$"):
        render(TURNS, bad["refuses a dialogue"])
    with pytest.raises(ConfigError, match=r"'TWO PLUMS\.<end>' for an answer 'Two plums\.'$"):
        render(TURNS[:2], bad["for an answer"])
    follow = r"which ends in '.*<think>' \(with the answer there stands '.*Two plums"
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
    text, (first, second) = render(TURNS, with_template(tokenizer, GENERATION))
    assert text == "U: How many?\nA: Two plums.<end>\nU: And pears?\nA: Three\n\npears.<end>\n"
    assert (first.blank, first.start, first.end) == (15, 16, 31)
    assert text[second.blank : second.start] == " "


def test_an_unanswered_question_at_the_end_is_left_out(tokenizer):
    assert render(TURNS[:3], tokenizer) == render(TURNS[:2], tokenizer)
    assert render(TURNS[:1], tokenizer) == ("", ())


def test_another_token_or_another_number_is_another_vocabulary():
    class Vocabulary:
        def __init__(self, **tokens):
            self.tokens = tokens

        def get_vocab(self):
            return self.tokens

    first = vocabulary_hash(Vocabulary(a=0, b=1))
    assert first == vocabulary_hash(Vocabulary(b=1, a=0))
    assert len(first) == 16
    others = [Vocabulary(a=1, b=0), Vocabulary(a=0, c=1), Vocabulary(a=0), Vocabulary(a=0, b=11)]
    assert len({first, *map(vocabulary_hash, others)}) == 5
