"""How the values of options are read: lists, numbers, and files whose name says their form."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

NO_REPAIRS = "none"
"""What `--repairs` takes where no repair is wanted."""


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
    found = []
    for word in words(text):
        try:
            found.append(int(word))
        except ValueError:
            raise argparse.ArgumentTypeError(f"{word!r} is not a whole number") from None
    return tuple(found)


class Several(argparse.Action):
    """A list in one word or in several; what is given twice is a slip, so it is refused."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option: str | None = None,
    ) -> None:
        """Add to what was given before; the first time takes the place of the default."""
        before = getattr(namespace, self.dest, None)
        found = values if before is None or before is self.default else (*before, *values)
        for place, value in enumerate(found):
            if value in found[:place]:
                parser.error(f"argument {option}: {value} is given twice")
        setattr(namespace, self.dest, found)


class ByForm(argparse.Action):
    """A file that is stored under the name of its form, which the end of its name says."""

    _ENDS: ClassVar = {
        "json": (".json",),
        "markdown": (".md", ".markdown"),
        "csv": (".csv",),
        "latex": (".tex",),
    }

    def __init__(self, *args: Any, forms: Sequence[str], **how: Any) -> None:
        super().__init__(*args, **how)
        self._forms = forms

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option: str | None = None,
    ) -> None:
        """Store the file."""
        path: Path = values
        for form in self._forms:
            if path.suffix.lower() in self._ENDS[form]:
                setattr(namespace, form, path)
                return
        ends = " or ".join(end for form in self._forms for end in self._ENDS[form][:1])
        parser.error(f"argument {option}: {path} does not end in {ends}, which says its form")


class AlwaysNever(argparse.Action):
    """`always` or `never`, for a field that is true or false."""

    CHOICES = ("always", "never")

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option: str | None = None,
    ) -> None:
        """Store true for `always`."""
        setattr(namespace, self.dest, values == self.CHOICES[0])
