"""Foreign text at the edge: made storable, hashed and masked; never interpreted."""

import hashlib
import re
from collections.abc import Iterable, Sequence

MASK = "•"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_SHOWN = 2


def clean(text: str) -> str:
    """The text with NUL and lone surrogates replaced by U+FFFD, so that every database takes it; raw bytes are kept."""
    return _UNSTORABLE.sub("\ufffd", text) if _UNSTORABLE.search(text) else text


def text_hash(text: str) -> str:
    """SHA-256 of the UTF-8 text, hex: tells whether a comment was edited. Internal only, never in the register."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def mask_spans(text: str, spans: Iterable[Sequence[int]]) -> str:
    """The text with the middle of every span [start, end) (code points) replaced by dots; its length stays."""
    letters = list(text)
    for start, beyond in spans:
        end = min(beyond, len(letters))
        keep = _SHOWN if end - start > 2 * _SHOWN + 2 else 0
        for place in range(max(0, start + keep), end - keep):
            if not letters[place].isspace():
                letters[place] = MASK
    return "".join(letters)


def mask_name(name: str) -> str:
    """A name as the channel shows it: `Jan Peeters` → `J. P***`."""
    parts = name.split()
    if not parts:
        return "***"
    if len(parts) == 1:
        return f"{parts[0][0]}***"
    return f"{parts[0][0]}. {parts[-1][0]}***"
