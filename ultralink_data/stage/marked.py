"""A text between two lines that it cannot contain, so that nothing in it can close them."""

import hashlib


def marker_for(text: str, name: str) -> str:
    """A line derived from the text and not in it; `name` says what stands between two of them."""
    salt = 0
    while True:
        digest = hashlib.sha256(f"{salt}/{text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
        if digest not in text:
            return f"=== {name} {digest} ==="
        salt += 1
