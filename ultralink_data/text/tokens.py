"""About how many tokens a text has, without a tokenizer.

Bounds of dataset building need an estimate that is the same on every machine and for every model;
exact counts belong to training, which has a tokenizer.
"""

from ultralink_data import languages


def estimate_tokens(text: str, language: str) -> int:
    """Estimated tokens: characters by the language's own rule of thumb, rounded up.

    Spaces count only where they part words.

    Raises:
        ConfigError: an unknown language.
    """
    writing = languages.get(language).writing
    length = len(text) if writing.spaces else len("".join(text.split()))
    return -(-length // writing.characters_a_token)
