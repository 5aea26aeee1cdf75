"""Telephones and mailboxes that are not there: where letters to colleagues arrive while practising."""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime

MOST = 500
"""Letters that are kept; older ones are thrown away."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A letter. who: for whom, as the address says."""

    at: datetime
    who: str
    title: str
    text: str


class Letterboxes:
    """All letters, whoever they are for. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._letters: deque[Arrived] = deque(maxlen=MOST)

    def put(self, letter: Arrived) -> None:
        """A letter arrives."""
        with self._lock:
            self._letters.append(letter)

    def letters(self) -> list[Arrived]:
        """What arrived, oldest first."""
        with self._lock:
            return list(self._letters)

    def clear(self) -> None:
        """Empty them."""
        with self._lock:
            self._letters.clear()
