"""Articles and their passages, in which dialogues are grounded."""

import msgspec


class Page(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The clean text of an article; paragraphs and headings are lines of their own.

    `id` is unique among all languages (`es:2183`), `revision` is the upstream's, None if the source
    does not give it.
    """

    id: str
    language: str
    title: str
    revision: str | None
    text: str


class Passage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of an article; the passages of a page, joined in the order of `number`, are its text.

    `id` is the page's with the number (`es:2183#0`).
    """

    id: str
    language: str
    page_id: str
    number: int
    title: str
    text: str

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in it to ask about."""
        return not self.text.strip()
