"""A multistream dump of any size, of real pages over and over, with its index."""

import bz2
import re
from pathlib import Path

_PAGE = re.compile(r"<page>.*?</page>", re.DOTALL)
_ID = re.compile(r"<id>\d+</id>")
_STREAM = 100


def write(source: Path, dump: Path, index: Path, size: int, level: int = 9) -> int:
    """Write at least `size` characters of unpacked pages; the number of pages.

    Each page gets an id of its own. `dump` is packed by its name (.bz2) or not at all; an index
    is written for a packed one.
    """
    opened = bz2.open if source.suffix == ".bz2" else open
    with opened(source, "rt", encoding="utf-8") as file:
        text = file.read()
    pages = _PAGE.findall(text)
    head = text[: text.index("<page>")]
    packed = dump.suffix == ".bz2"
    written = number = 0
    with dump.open("wb") as out, index.open("w", encoding="utf-8") as entries:

        def put(part: str) -> None:
            data = part.encode()
            out.write(bz2.compress(data, level) if packed else data)

        put(head)
        while written < size:
            stream = []
            for _ in range(_STREAM):
                page = pages[number % len(pages)]
                number += 1
                stream.append(_ID.sub(f"<id>{number}</id>", page, count=1))
                entries.write(f"{out.tell()}:{number}:P{number}\n")
            part = "\n".join(stream)
            written += len(part)
            put(part)
        put("</mediawiki>")
    return number
