import copy

import pytest
from train_samples import dialogue

from train.chat_templates import CHATML, IM_END, IM_START, prepare, render
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
