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

from domain.categories import CATEGORIES
from domain.errors import Misconfigured
from domain.messages import Fault, Template
from rules.rulefile import PROFILES
from rules.text_lint import LONGEST, Tone, blocking, refers, warnings

FILE = "teksten/sjablonen.toml"
VARIABLES = frozenset(
    (
        *("huisregels", "hierniet", "noodnummer", "algemeen_nummer", "meldpunt", "commissariaat", "klachtenformulier"),
        *("recht_op_afbeelding", "hulplijn", "regel", "maatregel", "n", "max", "deadline", "dienst", "referentie"),
        "ondertekening",
    )
)
"""Names that may stand between braces."""
EMPTY_MEANS = frozenset({"maatregel"})
"""Variables that may be filled with nothing."""

_FIELDS: dict[str, tuple[type, str]] = {
    "naam": (str, '"Eerste waarschuwing"'),
    "versie": (str, '"v1"'),
    "eigenaar": (str, '"sociale mediateam"'),
    "goedgekeurd_door": (str, '"naam"'),
    "vervalt": (date, "2027-12-31"),
    "huisregel": (bool, "true"),
    "tekst": (str, '"""…"""'),
}
_TONE = {"groet": "greeting", "belerend": "lecturing", "je": "informal", "u": "formal"}
_TABLES = ("sjabloon", "regel", "toon")
_VARIABLE = re.compile(r"\{([a-z_]+)\}")
_is_key = re.compile(r"[a-z][a-z0-9_]{0,39}").fullmatch
_is_version = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,19}").fullmatch


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

    def __init__(self, texts: Mapping[str, TemplateText], rules: Mapping[str, str], tone: Tone) -> None:
        """rules: category → what its house rule is called towards a citizen."""
        self._texts, self._rules, self._tone = texts, rules, tone

    @classmethod
    def load(cls, profile: str, override: Path | None = None) -> "Templates":
        """The texts of a profile; a file in the folder of the house takes the place of the shipped one. Misconfigured
        for a broken file: one line that names it, the key and the mend.
        """
        own = override / FILE if override else None
        path = own if own is not None and own.is_file() else PROFILES / profile / FILE
        sheet = _Sheet(path)
        texts = {key: _text(sheet, key, row) for key, row in sheet.table("sjabloon").items()}
        if missing := sorted(set(Template) - set(texts)):
            raise sheet.wrong("[sjabloon.{key}] is missing.", key=missing[0])
        return cls(texts, _rules(sheet), _tone(sheet))

    def __getitem__(self, key: str) -> TemplateText:
        """The text of a key; KeyError for an unknown one."""
        return self._texts[key]

    def rule(self, category: str) -> str:
        """What the house rule of a category is called towards a citizen; empty when it has none."""
        return self._rules.get(category, "")

    def fill(self, key: str, values: Mapping[str, str]) -> str:
        """The text with its variables filled in; one without a value stays, so that `check` finds it."""
        return _VARIABLE.sub(partial(_filled, values), self._texts[key].text)

    def check(  # noqa: PLR0913 - a text is checked against this much
        self,
        key: str,
        text: str,
        *,
        link: str,
        personal: Iterable[Sequence[int]],
        own: Iterable[str] = (),
        today: date | None = None,
    ) -> tuple[Fault, ...]:
        """Everything that is wrong with a text, in order of place. link: address of the house rules · personal: spans
        of personal data in it · own: addresses and numbers of ours, which may stand there · today: on a Brussels
        calendar, to tell an expired template.
        """
        faults = [
            *blocking(text, personal, own, self._tone),
            *self._link(key, text, link),
            *warnings(text, self._tone),
            *self._expired(key, today),
        ]
        return tuple(sorted(faults, key=lambda fault: (fault.place, not fault.blocks)))

    def _link(self, key: str, text: str, link: str) -> Iterator[Fault]:
        if not self._texts[key].needs_link:
            return
        if not link:
            yield Fault((0, 0), "The address of the house rules is not set ([zone] huisregels in nabij.toml).")
        elif not refers(text, link):
            yield Fault((0, 0), "The text does not refer to the house rules.")

    def _expired(self, key: str, today: date | None) -> Iterator[Fault]:
        if today is not None and today > self._texts[key].expires:
            yield Fault((0, 0), "This template has expired: its owner must look at it again.", blocks=False)


def _filled(values: Mapping[str, str], found: re.Match[str]) -> str:
    value = values.get(found[1], "")
    return value if value or found[1] in EMPTY_MEANS else found[0]


# ---------------------------------------------------------------- reading the file


class _Sheet:
    """The parsed file, and the one way to say what is wrong with it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._data = self._read()
        if unknown := sorted(set(self._data) - set(_TABLES)):
            raise self.wrong("unknown table [{key}]; known are {known}.", key=unknown[0], known=", ".join(_TABLES))

    def wrong(self, msgid: str, **params: str) -> Misconfigured:
        """The line about this file."""
        return Misconfigured("{file}: " + msgid, file=str(self._path), **params)

    def _read(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            why = str(error)
        except UnicodeDecodeError:
            why = "not UTF-8"
        except OSError as error:
            why = error.strerror or type(error).__name__
        raise self.wrong("cannot be read ({why}).", why=why)

    def table(self, name: str) -> dict[str, Any]:
        """One of the tables."""
        found = self._data.get(name)
        if not isinstance(found, dict):
            raise self.wrong("table [{key}] is missing.", key=name)
        return found


def _text(sheet: _Sheet, key: str, row: object) -> TemplateText:
    if not _is_key(key) or not isinstance(row, dict):
        raise sheet.wrong("a text is a table like [sjabloon.hint], and “{key}” is not.", key=key[:40])
    for name, (kind, example) in _FIELDS.items():
        if type(row.get(name)) is not kind or row[name] == "":
            raise sheet.wrong("[sjabloon.{key}] must have {name} = {example}.", key=key, name=name, example=example)
    if unknown := sorted(set(row) - set(_FIELDS)):
        raise sheet.wrong("[sjabloon.{key}] has no “{name}”; take it out.", key=key, name=unknown[0])
    _refuse(sheet, key, row)
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


def _refuse(sheet: _Sheet, key: str, row: Mapping[str, Any]) -> None:
    """A text that could never be sent is found at the start, not at night."""
    text = row["tekst"].strip()
    if not _is_version(row["versie"]):
        raise sheet.wrong("[sjabloon.{key}] versie must be short and plain, like v2.", key=key)
    if not 0 < len(text) <= LONGEST:
        raise sheet.wrong("[sjabloon.{key}] tekst must have 1 to {n} characters.", key=key, n=str(LONGEST))
    if unknown := sorted(set(_VARIABLE.findall(text)) - VARIABLES):
        known = ", ".join(sorted(VARIABLES))
        raise sheet.wrong("[sjabloon.{key}] knows no {name}; use {known}.", key=key, name=unknown[0], known=known)
    if re.search(r"[{}]", _VARIABLE.sub("", text)):
        raise sheet.wrong("[sjabloon.{key}] has a brace that belongs to no variable.", key=key)
    if row["huisregel"] and "{huisregels}" not in text:
        raise sheet.wrong("[sjabloon.{key}] must hold the variable huisregels, or set huisregel = false.", key=key)


def _rules(sheet: _Sheet) -> dict[str, str]:
    rows = sheet.table("regel")
    for category, name in rows.items():
        if category not in CATEGORIES:
            raise sheet.wrong("[regel] knows no category “{key}”.", key=category[:40])
        if not isinstance(name, str) or not name.strip():
            raise sheet.wrong('[regel] {key} must be text, like "Geen beledigingen".', key=category)
    return rows


def _tone(sheet: _Sheet) -> Tone:
    rows = sheet.table("toon")
    for name in (*_TONE, *rows):
        words = rows.get(name)
        filled = isinstance(words, list) and words and all(isinstance(each, str) and each.strip() for each in words)
        if name not in _TONE or not filled:
            known = ", ".join(_TONE)
            raise sheet.wrong("[toon] must hold lists of words: {known}; look at “{key}”.", known=known, key=name)
    return Tone(**{part: tuple(rows[name]) for name, part in _TONE.items()})
