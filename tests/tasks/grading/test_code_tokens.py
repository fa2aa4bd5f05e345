"""Control tokens at the end of lines of code: cut by their shape, but not from strings."""

import time

import pytest

from tasks.grading.code_extract import extract_code
from tasks.grading.code_tokens import without_tokens

PROMPT = 'def double(n):\n    """Twice n."""\n'
TOKENS = (
    "<|im_end|>",
    "<|endofdoc|>",
    "<|cursor|>",
    "<|im_sep|>",
    "<|eot_id|>",
    "<\uff5cend\u2581of\u2581sentence\uff5c>",
    "<|im_end|><|endofdoc|>",
    "  <|halt|> ",
    "</s>",
    "<end_of_turn>",
)
ANSWERS = {
    "fence": "```python\n{code}{token}\n```\nHope this helps!",
    "line of its own": "```python\n{code}\n{token}\n```\nHope this helps!",
    "fence behind it": "```python\n{code}{token}```\nHope it's clear!",
    "open fence": "```\n{code}{token}",
    "no fence": "{code}{token}\n\nThat's all.",
    "an example too": "It's:\n```\n{code}{token}\n```\nE.g.\n```python\ndouble(2){token}\n```",
}


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("shape", ANSWERS)
def test_a_token_behind_the_last_line_goes_alone(token, shape):
    code = "def double(n):\n    m = n + n\n    return m"
    found = extract_code(ANSWERS[shape].format(code=code, token=token), ("double",), PROMPT)
    assert found is not None
    assert found.strip() == code


def test_tokens_go_from_helpers_and_bodies():
    code = "def one(n):\n    return n<|x1|>\n\ndef double(n):\n    return one(n) * 2<|x1|>"
    found = extract_code(f"```\n{code}\n```", ("double",)) or ""
    assert found.strip() == code.replace("<|x1|>", "")
    body = "    return n + n<|cursor|>\n\nIt doubles."
    assert (extract_code(body, ("double",), PROMPT) or "").strip() == "return n + n"


@pytest.mark.parametrize(
    "code",
    [
        'x = "<|im_end|>"\n',
        "x = ['<|a|>',\n 'it\\'s <|b|>'\n]\n",
        'x = """first <|im_sep|>\n<|im_sep|>\n"""\n',
        "x = 1  # ends with <|cursor|>\n",
        "x = a <b> c\n",
        "x = y[EOS]\n",
        "x = {a: 1 | 2}\n",
        "tokens = re.findall(r'<\\|.*?\\|>', s)\n",
    ],
)
def test_literals_comments_and_operators_stay(code):
    assert without_tokens(code) == code
    assert without_tokens(f"{code}y = 2<|end|>\n") == f"{code}y = 2\n"


@pytest.mark.parametrize("piece", ["<|a|>", " ", "<|a|> ", "'", '"', "<|", '"""', "\\"])
def test_a_long_run_costs_its_length(piece):
    text = "x<|a|" + piece * 60_000 + "x\n"
    start = time.process_time()
    without_tokens(text)
    assert time.process_time() - start < 1
