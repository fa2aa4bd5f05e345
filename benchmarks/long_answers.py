"""What long outputs that repeat themselves cost the readers of model text.

    python -m benchmarks.long_answers [-n 20000] [--over 8]

Models get stuck: a file of outputs holds some with one piece of text a thousand times over, and
anybody may send one on purpose. Each piece is repeated N and N/4 times and read as an answer to a
word problem (in four languages, with a stated answer before it and after it), as code, as thinking
and for control tokens. Shown is what costs more than `--over` times as much at four times the
length: 4 is linear, 16 the square. Quick ones (under 0.2 s of processor time) are left out.
"""

import argparse
import signal
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tasks.grading.answer_extract import grade_number
from tasks.grading.answer_phrases import answer_phrases
from tasks.grading.code_extract import extract_code
from tasks.grading.code_tail import runnable
from ultralink_data.text.control_tokens import marks
from ultralink_data.text.thinking import split_reply

QUESTION = "Janet has 16 eggs. How many dollars does she make every day in 4 weeks?"
HEADER = "def f(x):\n    "
QUICK, LONGEST = 0.2, 60
PIECES = (
    *("no ", "<think>", "<think>a</think>", "</think>", "<answer>", "<answer>1</answer>", "<|"),
    *("<|im_end|>", "<|channel|>analysis<|message|>", "[/INST]", "<think><answer>", "&lt;"),
    *("1", "1,", "1.", "1 ", "1/2 ", "1/", "-1 ", "1% ", "$1 ", "￥1", "(1) ", "1:10 ", "1 x "),
    *("1+", "~~1~~", "**1**", "*", "_", "{", "(", "`", "-", " ", "\n", " \n", "\t", "= "),
    *("\\boxed{", "\\boxed{1}", "\\frac{1}{2}", "4 × 10^3 ", "1 + 1 = 2 ", "| 1 | 2 |\n", "1. a\n"),
    *("Q: a?\n", "Q: a?\n\n", "#### 1\n", "Answer: ", "The answer is ", "The answer is 5. "),
    *("in 4 weeks ", "1 h 10 ", "2.6 kg, that is 2600 g, ", "Wait, no: 25. ", "10 cm, not 8. "),
    *("nine ", "nine hundred ", "тридцать шесть ", "quatre-vingt-dix-neuf ", "三十六", "万"),
    *("of 20 ", "per day ", "first ", "It is 3. ", "Is it 3? ", "คำตอบคือ 5 ", "答案是"),
    *("Therefore, she has 3, ", "```\n", "```python\ndef f():\n  return 1\n```\n", '"""\n'),
    *("def f():\n    return 1\n", "f = lambda x: x\n", "    x = 1\n", "if x:\n", "try:\n"),
    *("# a\n", ">>> f(1)\n1\n", "import numpy\n", "It's simple.\n"),
)


class Read(NamedTuple):
    """One reader of one text, by names."""

    piece: str
    reader: str
    go: Callable[[], object]


def readers(piece: str, times: int) -> Iterator[Read]:
    """Everything that reads a model's text, on one piece many times."""
    text = piece * times
    for code in ("en", "fr", "zh", "th"):
        yield Read(piece, f"answer, {code}", partial(_number, text, code))
    yield Read(piece, "behind an answer", partial(_number, f"The answer is 18. {text}", "en"))
    yield Read(piece, "before an answer", partial(_number, f"{text}\nThe answer is 18.", "en"))
    yield Read(piece, "code", partial(_code, text))
    yield Read(piece, "thinking", partial(split_reply, text))
    yield Read(piece, "control tokens", partial(marks, text))


def _number(text: str, code: str) -> object:
    return grade_number(text, True, answer_phrases(code), Fraction(18), QUESTION)


def _code(text: str) -> object:
    code = extract_code(text, ("f",), HEADER)
    return runnable(code, HEADER, {"f"}) if code else None


def seconds(read: Read) -> float:
    """Processor time; infinite if the reader is not done after `LONGEST` seconds."""

    def give_up(*_: object) -> None:
        raise TimeoutError

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LONGEST)
    begin = time.process_time()
    try:
        read.go()
    except TimeoutError:
        return float("inf")
    finally:
        signal.alarm(0)
    return time.process_time() - begin


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-n", type=int, default=20000, metavar="N", help="repeats of a piece")
    parser.add_argument("--over", type=float, default=8, metavar="X", help="growth to show")
    arguments = parser.parse_args()
    table = Table("piece", "reader", "4 times as long", title=f"Up to {arguments.n} times")
    for read in readers("Janet has 18. ", 3):
        read.go()  # patterns are made at their first use
    for piece in track(PIECES, "pieces", console=Console(stderr=True)):
        both = zip(readers(piece, arguments.n // 4), readers(piece, arguments.n), strict=True)
        for short, long in both:
            cost = seconds(long)
            growth = cost / max(seconds(short), 0.001) if cost > QUICK else 0
            if growth > arguments.over:
                table.add_row(repr(piece), long.reader, f"{growth:.1f} times")
    Console().print(table if table.rows else f"Nothing grows over {arguments.over} times.")


if __name__ == "__main__":
    main()
