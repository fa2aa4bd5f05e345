"""Files in a dataset folder that are named like rows, and that no reader takes."""

import re
from pathlib import Path
from typing import Final

from ultralink_data.dialogue import KINDS
from ultralink_data.errors import DataError

_OTHER_FORM: Final = re.compile(
    rf"([a-z]{{2,3}}_(?:{'|'.join(KINDS)}))\.(?:(?:jsonl|json)(?:\.\w+)?|ndjson|parquet|arrow|csv|tsv)",
    re.IGNORECASE,
)
"""Names of files that hold rows in a form that is not read: `en_math.jsonl.gz`."""


def refuse(folder: Path, option: str = "") -> None:
    """Refuse a folder with rows, packed or in another format, that would be passed over silently.

    One beside the release file of its language and kind is taken for a copy of it. `option` named
    the folder, for the error.

    Raises:
        DataError: naming the file.
    """
    for path in sorted(folder.iterdir()):
        named = _OTHER_FORM.fullmatch(path.name)
        if named and path.is_file() and not (folder / f"{named[1]}.jsonl").exists():
            raise DataError(
                f"{option}: {path}".removeprefix(": ")
                + " has the name of a file of rows and is not read",
                hint="unpack it, or make a dataset of it with `ultralink-bench data convert FILE "
                "-o FOLDER`; or move it away",
            )
