"""The text and the thinking in a message of a chat completion, in every form that servers send.

vLLM and DeepSeek return thinking as `reasoning_content`, newer servers as `reasoning`, Ollama as
`thinking`, OpenRouter also as a list of `reasoning_details`. Mistral returns the content as a list
of parts, some of them of thinking; other servers do so with parts of text.
"""

from typing import Any, Final

import msgspec

_THOUGHT: Final = ("thinking", "reasoning", "redacted_thinking", "summary")
"""How the types of parts that are thinking begin."""
_HOLDING: Final = ("text", "value", "thinking", "reasoning", "content", "summary", "refusal")
"""Fields in which a part may have its text."""
_DEEPEST: Final = 8
"""Parts in parts that are looked into."""


class SpokenMessage(msgspec.Struct, frozen=True):
    """The assistant's message; a broken server may leave out any part of it."""

    content: str | list[Any] | None = None
    refusal: str | None = None
    reasoning_content: Any = None
    reasoning: Any = None
    thinking: Any = None
    reasoning_details: Any = None

    def text(self) -> str:
        """What it says: the content, or the text of its parts in order."""
        if isinstance(self.content, list):
            return "".join(_text(part) for part in self.content if not _is_thought(part))
        return self.content or ""

    def thought(self) -> str:
        """The thinking that came apart from the text, once, though servers send it twice."""
        own = self.content if isinstance(self.content, list) else []
        fields = (self.reasoning_content, self.reasoning, self.thinking, self.reasoning_details)
        whole = next((text for field in fields if (text := _text(field))), "")
        inside = "".join(_text(part) for part in own if _is_thought(part))
        return inside if not whole or whole == inside else f"{whole}\n\n{inside}".strip()


def _is_thought(part: Any) -> bool:
    kind = part.get("type") if isinstance(part, dict) else None
    return isinstance(kind, str) and kind.startswith(_THOUGHT)


def _text(value: Any, depth: int = 0) -> str:
    """All text in a part; an image or a tool's call has none."""
    if isinstance(value, str):
        return value
    if depth > _DEEPEST:
        return ""
    if isinstance(value, list):
        return "".join(_text(part, depth + 1) for part in value)
    if isinstance(value, dict):
        fields = (_text(value.get(name), depth + 1) for name in _HOLDING)
        return next(filter(None, fields), "")
    return ""
