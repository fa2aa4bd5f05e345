"""Text and thinking in the messages that servers send, in all their forms."""

from typing import Any

import msgspec
import pytest

from ultralink_data.llm.spoken import SpokenMessage

THOUGHT = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
TEXT = {"type": "text", "text": "Four."}


@pytest.mark.parametrize(
    ("message", "text", "thought"),
    [
        ({"content": "Four."}, "Four.", ""),
        ({"content": None}, "", ""),
        ({}, "", ""),
        ({"content": "Four.", "reasoning_content": "hm"}, "Four.", "hm"),
        ({"content": "Four.", "reasoning_content": None, "reasoning": "hm"}, "Four.", "hm"),
        ({"content": "Four.", "thinking": "hm"}, "Four.", "hm"),
        ({"content": "Four.", "reasoning": {"summary": "hm"}}, "Four.", "hm"),
        (
            {"content": "Four.", "reasoning_details": [{"type": "reasoning.text", "text": "hm"}]},
            "Four.",
            "hm",
        ),
        ({"content": [THOUGHT, TEXT]}, "Four.", "hm"),
        (
            {"content": [{"type": "thinking", "thinking": "hm"}, TEXT]},
            "Four.",
            "hm",
        ),
        ({"content": [{"type": "reasoning", "summary": [{"text": "hm"}]}, TEXT]}, "Four.", "hm"),
        ({"content": [{"type": "reasoning_content", "text": "hm"}, TEXT]}, "Four.", "hm"),
        (
            {"content": [{"type": "output_text", "text": "Fo"}, {"type": "text", "text": "ur."}]},
            "Four.",
            "",
        ),
        ({"content": ["Fo", {"text": "ur."}]}, "Four.", ""),
        ({"content": [{"type": "text", "text": {"value": "Four."}}]}, "Four.", ""),
        (
            {"content": [TEXT, {"type": "image_url", "image_url": {"url": 1}}, 7]},
            "Four.",
            "",
        ),
        ({"content": [THOUGHT, TEXT], "reasoning_content": "hm"}, "Four.", "hm"),
        ({"content": [THOUGHT, TEXT], "reasoning": "so"}, "Four.", "so\n\nhm"),
        ({"content": "Four.", "reasoning_content": 7}, "Four.", ""),
        ({"content": []}, "", ""),
    ],
)
def test_a_message_has_a_text_and_a_thought(message: Any, text: str, thought: str) -> None:
    found = msgspec.convert(message, SpokenMessage)
    assert (found.text(), found.thought()) == (text, thought)


def test_parts_in_parts_end_somewhere() -> None:
    part: Any = "deep"
    for _ in range(50):
        part = [part]
    assert SpokenMessage(content=part).text() == ""
