"""Templates: the texts to citizens, as data of the profile; filled in, and checked before anything is sent.

A text may be changed by the person who sends it, so it is checked as it stands: what is left unfilled, what gives a
private person away, and what forgets the house rules, blocks sending and says where.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from domain.errors import Misconfigured
from domain.messages import Fault, Template
from rules.rulefile import PROFILES

FILE = "teksten/sjablonen.toml"
LONGEST = 1000
"""Code points of a private message."""
_KEYS = {"naam": str, "versie": str, "eigenaar": str, "goedgekeurd_door": str, "vervalt": date, "huisregel": bool}
_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_UNFILLED = re.compile(r"\{[^{}]*\}|\[[^\[\]]*(?:INVULLEN|TE VULLEN|aan te vullen|invullen)[^\[\]]*\]")


@dataclass(frozen=True, slots=True)
class TemplateText:
    """One text. name: as shown · version, owner, approver, expires: who answers for it, until when · needs_link: it
    must refer to the house rules · text: with {variables}.
    """

    key: str
    name: str
    version: str
    owner: str
    approver: str
    expires: date
    needs_link: bool
    text: str

    @property
    def label(self) -> str:
        """How the register names it: `waarschuwing_1.v1`."""
        return f"{self.key}.{self.version}"

    @property
    def variables(self) -> frozenset[str]:
        """Names between braces."""
        return frozenset(_VARIABLE.findall(self.text))


class Templates:
    """All texts of a profile, by key."""

    def __init__(self, texts: Mapping[str, TemplateText], rules: Mapping[str, str]) -> None:
        """rules: category → what its house rule is called towards a citizen."""
        self._texts, self._rules = texts, rules

    @classmethod
    def load(cls, profile: str, override: Path | None = None) -> "Templates":
        """The texts of a profile; a file in the folder of the house takes the place of the shipped one."""
        own = override / FILE if override else None
        path = own if own is not None and own.is_file() else PROFILES / profile / FILE
        data = _toml(path)
        texts = {key: _text(path, key, row) for key, row in data.get("sjabloon", {}).items()}
        if missing := sorted(set(Template) - set(texts)):
            raise Misconfigured("{file}: [sjabloon.{key}] is missing.", file=str(path), key=missing[0])
        return cls(texts, {str(key): str(name) for key, name in data.get("regel", {}).items()})

    def __getitem__(self, key: str) -> TemplateText:
        """The text of a key; KeyError for an unknown one."""
        return self._texts[key]

    def rule(self, category: str) -> str:
        """What the house rule of a category is called towards a citizen; empty when it has none."""
        return self._rules.get(category, "")

    def fill(self, key: str, values: Mapping[str, str]) -> str:
        """The text with its variables filled in; one without a value stays, so that `check` finds it."""
        return _VARIABLE.sub(partial(_filled, values), self._texts[key].text)

    def check(
        self, key: str, text: str, *, link: str, personal: Iterable[Sequence[int]], own: Iterable[str] = ()
    ) -> tuple[Fault, ...]:
        """Everything that is wrong with a text, in order of place. link: address of the house rules · personal: spans
        of personal data in it · own: addresses and numbers of ours, which may stand there.
        """
        faults = [
            *_unfilled(text),
            *_personal(text, personal, tuple(own)),
            *self._link(key, text, link),
            *_length(text),
        ]
        return tuple(sorted(faults, key=lambda fault: fault.place))

    def _link(self, key: str, text: str, link: str) -> Iterator[Fault]:
        if not self._texts[key].needs_link:
            return
        if not link:
            yield Fault((0, 0), "The address of the house rules is not set ([zone] huisregels in nabij.toml).")
        elif link not in text:
            yield Fault((0, 0), "The text does not refer to the house rules.")


def _filled(values: Mapping[str, str], found: re.Match[str]) -> str:
    return values.get(found[1]) or found[0] if found[1] != "maatregel" else values.get("maatregel", "")


def _unfilled(text: str) -> Iterator[Fault]:
    for found in _UNFILLED.finditer(text):
        yield Fault(found.span(), "Something was not filled in here.")


def _personal(text: str, spans: Iterable[Sequence[int]], own: tuple[str, ...]) -> Iterator[Fault]:
    ours = [found.span() for each in own if each for found in re.finditer(re.escape(each), text)]
    for start, end in spans:
        if not any(first <= start and end <= last for first, last in ours):
            yield Fault((start, end), "A phone number or other personal data may not be sent.")


def _length(text: str) -> Iterator[Fault]:
    if not text.strip():
        yield Fault((0, 0), "The text is empty.")
    if len(text) > LONGEST:
        yield Fault((LONGEST, len(text)), "The text is too long for a private message.")


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Misconfigured("{file} cannot be read: {why}.", file=str(path), why=type(error).__name__) from None


def _text(path: Path, key: str, row: Mapping[str, Any]) -> TemplateText:
    for name, kind in {**_KEYS, "tekst": str}.items():
        if not isinstance(row.get(name), kind):
            raise Misconfigured(
                "{file}: [sjabloon.{key}] {name} is missing or wrong.", file=str(path), key=key, name=name
            )
    if unknown := sorted(set(row) - set(_KEYS) - {"tekst"}):
        raise Misconfigured("{file}: [sjabloon.{key}] has no “{name}”.", file=str(path), key=key, name=unknown[0])
    return TemplateText(
        key=key,
        name=row["naam"],
        version=row["versie"],
        owner=row["eigenaar"],
        approver=row["goedgekeurd_door"],
        expires=row["vervalt"],
        needs_link=row["huisregel"],
        text=row["tekst"].strip(),
    )
