"""The check by meaning: a model says what source and translation say, each alone; code compares.

Two requests, each with one of the two texts: whoever reads the translation cannot read the source
into it. A turn whose quantities no reply lists as they must be is not checked, which is never taken
for right. A turn without a number is not asked about.
"""

from functools import partial

import msgspec

from ultralink_data.stage.asking import Chat, CheckFailedError, Failure, Questioner
from ultralink_data.stage.asking_config import Asking
from ultralink_data.stage.outcome import NOTHING, REFUSED_REQUEST, Spent
from ultralink_data.translation.meaning_compare import differences
from ultralink_data.translation.quantities import (
    MOST_QUANTITIES,
    Reading,
    check_reading,
    numbers_of,
    read_reading,
)
from ultralink_data.translation.reading_config import ReadingConfig
from ultralink_data.translation.reading_prompt import reading_messages, reading_schema
from ultralink_data.translation.regions import prose

MEANING = "meaning"
"""Reason of a translation that says something else."""

UNREAD = "meaning_unread"
"""Reason of a translation about which it is not known."""

_LONGEST_DETAIL = 600


class Reader:
    """Asks what texts say; `failed_checks` and `spent` go into the outcome of the row.

    `unread` says whether there was a comparison that could not be made.
    """

    def __init__(self, chat: Chat, asking: Asking, config: ReadingConfig) -> None:
        self._chat = chat
        self._asking = msgspec.structs.replace(asking, temperature=0.0)
        self._config = config
        self._sources: dict[str, Reading | Failure] = {}
        self.failed_checks: list[str] = []
        self.spent: Spent = NOTHING
        self.unread = False

    async def compare(
        self, names: tuple[str, str], texts: tuple[str, str], language: str
    ) -> Failure | None:
        """What a translation into `language` says otherwise than its English source.

        `names` and `texts` are of source and translation. The failure is `UNREAD` if it is not
        known, because one of them could not be read.

        Raises:
            CheckFailedError: the endpoint refused a request.
            LLMError: a request failed.
        """
        source, translation = texts
        if not (numbers_of(source, "en") or numbers_of(translation, language)):
            return None
        ours = self._sources.get(names[0])
        if ours is None:
            ours = self._sources[names[0]] = await self.read(names[0], source, "en")
        if isinstance(ours, Failure):
            self.unread = True
            return Failure(UNREAD, f"the text was not read: {ours.detail}")
        theirs = await self.read(names[1], translation, language)
        if isinstance(theirs, Failure):
            self.unread = True
            return Failure(UNREAD, f"the translation was not read: {theirs.detail}")
        found = differences(ours, theirs)
        return Failure(MEANING, "; ".join(found)[:_LONGEST_DETAIL]) if found else None

    async def read(self, item: str, text: str, language: str) -> Reading | Failure:
        """The reading of a text, or why there is none; `item` names the text.

        Raises:
            CheckFailedError: the endpoint refused a request.
            LLMError: a request failed.
        """
        count = len(numbers_of(text, language))
        if count > MOST_QUANTITIES:
            return Failure(UNREAD, f"{count} numbers, over {MOST_QUANTITIES}")
        questioner = Questioner(self._chat, item, self._asking)
        try:
            reply = await questioner.ask(
                "reading",
                reading_messages(prose(text)),
                max_tokens=self._config.reading_tokens,
                check=partial(check_reading, text=text, language=language),
                schema=reading_schema() if self._config.structured else None,
            )
        except CheckFailedError as error:
            if error.failure.check == REFUSED_REQUEST:
                raise
            failure = error.failure
            return Failure(UNREAD, f"{failure.check}: {failure.detail}"[:_LONGEST_DETAIL])
        finally:
            self.failed_checks += questioner.failed_checks
            self.spent += questioner.spent
        return read_reading(reply, text, language)
