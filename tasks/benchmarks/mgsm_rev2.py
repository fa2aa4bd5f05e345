"""MGSM-Rev2: MGSM with wrong translations corrected and questions reworded, if its file is given.

Source: Peter et al., arXiv 2511.05162; the texts are CC BY-SA 4.0 and not fetched: put upstream's
`mgsm_LANGUAGE.tsv` into a folder `mgsm_rev2` (or keep its own name, `MGSM-Rev2`) beside `mgsm`.
Row i is the same problem as in MGSM, has the same id and the same answer; everything else is MGSM's
too. Which rows differ: `tasks.benchmarks.mgsm_replaced`.
"""

from pathlib import Path
from typing import ClassVar, Final

from tasks.benchmark import Translated
from tasks.benchmarks.mgsm import Mgsm, MgsmProblem, read_rows
from tasks.benchmarks.mgsm_replaced import replaced_rows
from tasks.files import locate
from ultralink_data.errors import DataError, PrerequisiteError

UPSTREAM: Final = "https://github.com/google-research-datasets/MGSM-Rev2"
_FOLDERS: Final = ("mgsm_rev2", "MGSM-Rev2")


class MgsmRev2(Mgsm):
    """The revised questions, asked and graded as MGSM's."""

    name: ClassVar[str] = "mgsm_rev2"
    # Of MGSM's version all prompts and rules are; this one counts what is said of the texts.
    version: ClassVar[str] = f"1 (mgsm {Mgsm.version})"
    description: ClassVar[str] = "MGSM with corrected questions, where its files are given"
    checked_by_default: ClassVar[bool] = False
    evaluated_by_default: ClassVar[bool] = False
    human_translations: ClassVar[Translated] = ""

    def file(self, language: str, root: Path | None) -> Path:
        """The file of a language, in either folder.

        Raises:
            PrerequisiteError: it is missing.
        """
        own, given = (f"{folder}/mgsm_{language}.tsv" for folder in _FOLDERS)
        try:
            return locate(root, given, UPSTREAM)
        except PrerequisiteError:
            return locate(root, own, UPSTREAM)

    def problems(self, language: str, root: Path | None) -> list[MgsmProblem]:
        """All rows of the language's file.

        If MGSM's own file is there, the answers must be the same and some questions must not.

        Raises:
            PrerequisiteError: the file is missing.
            DataError: a broken line, other answers than MGSM's or English, or MGSM's own questions.
        """
        found = super().problems(language, root)
        path = self.file(language, root)
        try:
            before = read_rows(super().file(language, root))
        except PrerequisiteError:
            return found
        for line, (problem, (_, answer)) in enumerate(zip(found, before, strict=False), 1):
            if problem.answer != answer:
                raise _other(path, line, f"the answer is {problem.answer}, in MGSM {answer}")
        if len(found) != len(before):
            raise _other(path, len(found), f"there are {len(found)} rows, in MGSM {len(before)}")
        line = min(replaced_rows(language))
        if all(one.question == text for one, (text, _) in zip(found, before, strict=True)):
            raise _other(path, line, "this is MGSM's own file: no question differs from it")
        return found

    def replaced(self, language: str) -> frozenset[str]:
        """None: these are the replacements."""
        return frozenset()


def _other(path: Path, line: int, what: str) -> DataError:
    return DataError(f"{path}:{line}: {what}", hint=f"get the file from {UPSTREAM}")


BENCHMARK = MgsmRev2()
