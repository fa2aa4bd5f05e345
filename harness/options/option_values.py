"""How the values of options are read: lists, numbers, and files whose name says their form."""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from ultralink_data.seeds import check_seed

ALL = "all"
"""What `--languages` takes for every language that there is."""

NO_REPAIRS = "none"
"""What `--repairs` takes where no repair is wanted."""


def whole(text: str) -> int:
    """A whole number.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None


def at_least_one(text: str) -> int:
    """A whole number from 1.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if (found := whole(text)) < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, got {text}")
    return found


def zero_or_more(text: str) -> int:
    """A whole number from 0.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if (found := whole(text)) < 0:
        raise argparse.ArgumentTypeError(f"must be 0 or more, got {text}")
    return found


def seed(text: str) -> int:
    """A seed that every random generator takes.

    Raises:
        argparse.ArgumentTypeError: it is negative, or needs more than 32 bits.
    """
    try:
        return check_seed(whole(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def number(text: str) -> float:
    """A finite number.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        found = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None
    if not math.isfinite(found):
        raise argparse.ArgumentTypeError(f"{text!r} is not a finite number")
    return found


def path(text: str) -> Path:
    """A path; an empty one would be the folder that the command runs in.

    Raises:
        argparse.ArgumentTypeError: it is empty, or no file system takes it.
    """
    if not text.strip() or "\0" in text:
        raise argparse.ArgumentTypeError(f"{text!r} is no path")
    return Path(text)


def share_or_path(text: str) -> str:
    """A share or a path, as it was written: `./0.5` is a path.

    Raises:
        argparse.ArgumentTypeError: it is neither.
    """
    path(text)
    return text


KINDS = ((int, whole), (float, number), (Path, path))
"""What reads the text of an option of each type, in place of the type itself."""


def words(text: str) -> tuple[str, ...]:
    """`a,b` as its words.

    Raises:
        argparse.ArgumentTypeError: there is none.
    """
    found = tuple(word.strip() for word in text.split(",") if word.strip())
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} names nothing")
    return found


def language(text: str) -> str:
    """A language's code.

    Raises:
        argparse.ArgumentTypeError: it is a language's name; says the code.
    """
    from ultralink_data import languages as known

    if text not in known.names():
        for one in known.every():
            said = (one.translate.english_name, one.translate.own_name)
            if text.casefold() in map(str.casefold, said):
                raise argparse.ArgumentTypeError(f"{text!r} is no code; did you mean {one.code}?")
    return text


def languages(text: str) -> tuple[str, ...]:
    """`en,zh` as its codes.

    Raises:
        argparse.ArgumentTypeError: there is none, or a language's name.
    """
    return tuple(map(language, words(text)))


def repairs(text: str) -> tuple[str, ...]:
    """`a,b` as its words, `none` as no word."""
    found = words(text)
    return () if found == (NO_REPAIRS,) else found


def numbers(text: str) -> tuple[int, ...]:
    """`1,2` as its numbers.

    Raises:
        argparse.ArgumentTypeError: one is no whole number.
    """
    return tuple(map(whole, words(text)))


def shares(text: str) -> tuple[float, ...]:
    """`0.25,1` as its numbers.

    Raises:
        argparse.ArgumentTypeError: one is no finite number.
    """
    return tuple(map(number, words(text)))


class Storing(argparse.Action):
    """An action that looks at nothing but what follows the option."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option: str | None = None,
    ) -> None:
        """Store the values; what is wrong with them is said with the spelling that was typed."""
        try:
            self.store(namespace, values)
        except argparse.ArgumentTypeError as error:
            parser.error(f"argument {option}: {error}")

    def store(self, namespace: argparse.Namespace, values: Any) -> None:
        """Put the values into `namespace`.

        Raises:
            argparse.ArgumentTypeError: they are not right.
        """
        raise NotImplementedError


class Several(Storing):
    """A list in one word or in several; what is given twice is a slip, so it is refused."""

    def store(self, namespace: argparse.Namespace, values: Any) -> None:
        """Add to what was given before; the first time takes the place of the default."""
        before = getattr(namespace, self.dest, None)
        found = values if before is None or before is self.default else (*before, *values)
        for place, value in enumerate(found):
            if value in found[:place]:
                raise argparse.ArgumentTypeError(f"{value} is given twice")
        setattr(namespace, self.dest, found)


class Languages(Several):
    """Languages; `all` stands alone, and where all is what no option means, it is just that."""

    def store(self, namespace: argparse.Namespace, values: Any) -> None:
        """Add to what was given before."""
        super().store(namespace, values)
        found = getattr(namespace, self.dest)
        if ALL in found:
            if found != (ALL,):
                raise argparse.ArgumentTypeError(f"{ALL} stands alone, got {', '.join(found)}")
            setattr(namespace, self.dest, None if self.default is None else found)


class ByForm(Storing):
    """A file that is stored under the name of its form, which the end of its name says."""

    ENDS: ClassVar = {
        "json": (".json",),
        "markdown": (".md", ".markdown"),
        "csv": (".csv",),
        "latex": (".tex",),
    }
    """Form to the ends of names that say it; messages have the first."""

    def __init__(self, *args: Any, forms: Sequence[str], **how: Any) -> None:
        super().__init__(*args, **how)
        self._forms = forms

    def store(self, namespace: argparse.Namespace, values: Any) -> None:
        """Store the file."""
        file: Path = values
        for form in self._forms:
            if file.suffix.lower() in self.ENDS[form]:
                setattr(namespace, form, file)
                return
        ends = " or ".join(end for form in self._forms for end in self.ENDS[form][:1])
        raise argparse.ArgumentTypeError(f"{file} does not end in {ends}, which says its form")


class AlwaysNever(Storing):
    """`always` or `never`, for a field that is true or false."""

    CHOICES = ("always", "never")

    def store(self, namespace: argparse.Namespace, values: Any) -> None:
        """Store true for `always`."""
        setattr(namespace, self.dest, values == self.CHOICES[0])
