"""About how many tokens a text has, without a tokenizer.

Bounds of dataset building need an estimate that is the same on every machine and for every model;
exact counts belong to training, which has a tokenizer.
"""

from ultralink_data import languages

_CHARACTERS_A_TOKEN = 4
"""Of scripts with spaces: a rule of thumb for byte-pair encodings trained on many languages."""


def estimate_tokens(text: str, language: str) -> int:
    """Estimated tokens: characters of scripts without spaces, a quarter of others', rounded up.

    Raises:
        ConfigError: an unknown language.
    """
    if languages.get(language).phrases.script == "CJK":
        return sum(not character.isspace() for character in text)
    return -(-len(text) // _CHARACTERS_A_TOKEN)
