"""Proof of a ruleset by texts: every rule against its own examples, and every breach rule against free criticism.

A rule that flags criticism of the police (names of the police, “kas spijzen”, anger in capitals) is refused: product
§4, “geen kritiek verbergen”. The texts of `kritiek.txt` belong to the code, so that no profile can take them away.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Protocol

from domain.errors import Misconfigured
from rules.book import Book

CRITICISM = Path(__file__).parent / "kritiek.txt"


class Hitting(Protocol):
    """Says which rules hit a text, whatever their state."""

    def __call__(self, text: str, *, media: bool) -> frozenset[str]:
        """Ids of the rules."""
        ...


@cache
def criticism() -> tuple[str, ...]:
    """Words and sentences that no breach rule may flag, each as written and in capitals."""
    lines = CRITICISM.read_text(encoding="utf-8").splitlines()
    texts = [line for line in lines if line and not line.startswith("#")]
    return (*texts, *(text.upper() for text in texts))


def problems(book: Book, hitting: Hitting) -> Iterator[Misconfigured]:
    """Everything the texts prove wrong, one line each."""
    yield from _examples(book, hitting)
    yield from _hidden_criticism(book, hitting)


def _examples(book: Book, hitting: Hitting) -> Iterator[Misconfigured]:
    for rule in book.rules:
        for key, texts, wanted in (
            ("must_match", rule.must_match, True),
            ("must_not_match", rule.must_not_match, False),
        ):
            for text in texts:
                if (rule.id in hitting(text, media=rule.media)) != wanted:
                    yield Misconfigured(
                        "{file}: rule {rule}: {key} fails on “{example}”.",
                        file=rule.file,
                        rule=rule.id,
                        key=key,
                        example=text,
                    )


def _hidden_criticism(book: Book, hitting: Hitting) -> Iterator[Misconfigured]:
    breaches = {rule.id: rule for rule in book.rules if rule.row.breach}
    for text in criticism():
        for name in sorted(breaches.keys() & hitting(text, media=False)):
            yield Misconfigured(
                "{file}: rule {rule} would hide criticism of the police: “{example}”.",
                file=breaches[name].file,
                rule=name,
                example=text,
            )
