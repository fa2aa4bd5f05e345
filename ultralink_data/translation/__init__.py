"""Stage two of translation: prompts, checks, and quality as a number."""
