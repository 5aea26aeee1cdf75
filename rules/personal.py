"""Finds personal data: phone, e-mail, IBAN, rijksregisternummer, number plate, address, date of birth.

Works on folded text. Streets and the zone's own numbers come from the profile (lists `straten`, `geen_huisnummer`,
`eigen_nummers`), for they differ per city.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import re2
from phonenumbers import Leniency, PhoneNumberMatcher, PhoneNumberType, number_type
from stdnum import iban
from stdnum.be import bis, nn

from rules.matcher import either, options
from rules.view import Span

STREETS, NOT_A_NUMBER, OWN = "straten", "geen_huisnummer", "eigen_nummers"

_PUBLIC_NUMBERS = frozenset(
    {PhoneNumberType.TOLL_FREE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST, PhoneNumberType.UAN}
)
_EMAIL = r"[a-z0-9][a-z0-9._%+\-]*@[a-z0-9\-]+(?:\.[a-z0-9\-]+)*\.[a-z]{2,}"
_IBAN = r"\b[a-z]{2}[0-9]{2}(?:[ .\-]?[a-z0-9]{4}){2,7}(?:[ .\-]?[a-z0-9]{1,3})?\b"
_RRN = r"\b[0-9]{2}[. \-]?[0-9]{2}[. \-]?[0-9]{2}[. \-/]{0,3}[0-9]{3}[. \-]?[0-9]{2}\b"
_PLATE_WORD = r"(?:nummerplaat|nummerplaten|kentekens?|plaat|plaatnummer)"
_PLATE = (
    r"\b[1-9]-?[a-z]{3}-?[0-9]{3}\b"
    rf"|\b{_PLATE_WORD}\b(?:[ :=]{{1,3}}(?:is|was|met|van|nr|nummer))?[ :=]{{1,3}}"
    r"([1-9]?[ .\-]?(?:[a-z]{3}[ .\-]?[0-9]{3}|[0-9]{3}[ .\-]?[a-z]{3}))\b"
)
_BIRTH = (
    r"\b(?:geboren(?: op)?|geboortedatum|geb\.?|geboortedag)(?:[ :]{1,3}(?:is|was|op))?[ :]{1,3}"
    r"([0-9]{1,2}[ ./\-](?:[0-9]{1,2}|[a-z]{3,9})[ ./\-](?:19|20)?[0-9]{2})\b"
)
_SUFFIX = "straat|straatje|laan|steenweg|baan|dreef|plein|kaai|kouter|boulevard|singel|wegel|weg|markt|gracht|steeg|lei"
_NOT_STREETS = frozenset(
    [
        "straat",
        "laan",
        "baan",
        "plein",
        "markt",
        "gracht",
        "weg",
        "lei",
        "steeg",
        "singel",
        "terugweg",
        "onderweg",
        "heenweg",
        "halfweg",
        "snelweg",
        "autosnelweg",
        "autoweg",
        "uitweg",
        "omweg",
        "voorrangsweg",
        "landweg",
        "spoorweg",
        "rijbaan",
        "loopbaan",
        "startbaan",
        "renbaan",
        "busbaan",
        "schaatsbaan",
        "supermarkt",
        "kerstmarkt",
        "rommelmarkt",
        "arbeidsmarkt",
        "woningmarkt",
        "jaarmarkt",
        "avondmarkt",
        "allerlei",
        "velerlei",
        "tweeerlei",
        "speelplein",
        "schoolplein",
        "winkelstraat",
        "eenrichtingsstraat",
        "zijstraat",
        "hoofdstraat",
        "fietsstraat",
        "schoolstraat",
    ]
)
_NUMBER = r"(?:(?:nr|nummer|n°)\.? ?)?[1-9][0-9]{0,3}(?:[a-z]|/[0-9]{1,3})?\b(?: ?bus ?[0-9a-z]{1,4}\b)?"

_NEXT_WORD = re.compile(r"(?:[ -]+(?:of |tot |a )?[0-9]+)?[ ]*([a-z]+)")
_FILE_NUMBER = re.compile(
    r"\b(?:btw|kbo|ondernemingsnummer|dossier\w*|pv|proces-verbaal|ref\w*|kenmerk|bestelnummer)"
    r"[ .:]*(?:nr|nummer)?[ .:]*(?:be)?[ .]*$"
)
_LOOK_BACK = 40
_MOST_TRIES = 500
_MOST_CHECKED = 60
_LIKE_A_NUMBER = re.compile(r"[+0][0-9](?:[ ./()-]{0,3}[0-9]){7,12}")

Finder = Callable[[str], Iterator[Span]]
PREFILTERS: Mapping[str, str] = {
    "#telefoon": r"(?:[0-9][^0-9a-z]{0,3}){8}",
    "#email": r"[a-z0-9]@[a-z0-9]",
    "#iban": _IBAN,
    "#rijksregister": _RRN,
    "#nummerplaat": rf"\b{_PLATE_WORD}\b.{{0,20}}[0-9]|[1-9]-?[a-z]{{3}}-?[0-9]",
    "#geboortedatum": _BIRTH,
}
"""Kind → cheap pattern that must hit before its finder is worth running."""
ADDRESS = "#adres"
KINDS = (*PREFILTERS, ADDRESS)


class Personal:
    """The finders of one profile."""

    def __init__(self, streets: Iterable[str], not_numbers: Iterable[str], own: Iterable[str]) -> None:
        address = _address(either(map(re.escape, streets)))
        self.triggers = dict(PREFILTERS) | {ADDRESS: address}
        self._own = frozenset(map(_key, own))
        self._not_numbers = frozenset(not_numbers)
        self._address = re2.compile(address, options())
        self._finders: dict[str, Finder] = {
            "#telefoon": _phones,
            "#email": _by(_EMAIL, lambda _: True),
            "#iban": _by(_IBAN, lambda text: iban.is_valid(text, check_country=False)),
            "#rijksregister": _by(_RRN, lambda text: nn.is_valid(text) or bis.is_valid(text)),
            "#nummerplaat": _by(_PLATE, lambda _: True),
            "#geboortedatum": _by(_BIRTH, lambda _: True),
            ADDRESS: self._addresses,
        }

    def find(self, text: str, kinds: Iterable[str]) -> dict[str, list[Span]]:
        """Kind → places, the zone's own numbers left out."""
        found = {
            kind: [span for span in self._finders[kind](text) if not self._is_own(text[slice(*span)])] for kind in kinds
        }
        return {kind: spans for kind, spans in found.items() if spans}

    def _is_own(self, written: str) -> bool:
        key = _key(written)
        _, at, host = key.partition("@")
        return key in self._own or (bool(at) and any(_under(host, own) for own in self._own))

    def _addresses(self, text: str) -> Iterator[Span]:
        for found in self._address.finditer(text):
            name = found.group(1) or ""
            after = _NEXT_WORD.match(text, found.end())
            if name not in _NOT_STREETS and not (after and after[1] in self._not_numbers):
                yield found.span()


def _address(streets: str) -> str:
    """Pattern of a street with a number, or a number with a street; group 1 is a name known by its ending only."""
    ending = rf"([a-z][a-z'\-]*(?:{_SUFFIX}))" if not streets else rf"(?:{streets}|([a-z][a-z'\-]*(?:{_SUFFIX})))"
    turned = rf"(?:nr|nummer)\.? ?[0-9]{{1,4}}[a-z]? (?:in|op|van|aan) (?:de|het|den) [a-z'\-]*(?:{_SUFFIX})\b"
    return rf"\b{ending},? {_NUMBER}|\b{turned}"


def _by(pattern: str, valid: Callable[[str], bool]) -> Finder:
    """A finder by pattern; its group, if it has one, is the place."""
    compiled = re2.compile(pattern, options())
    group = 1 if compiled.groups else 0

    def find(text: str) -> Iterator[Span]:
        for found in compiled.finditer(text):
            place = group if found.group(group) else 0
            if valid(found.group(place)):
                yield found.span(place)

    return find


def _phones(text: str) -> Iterator[Span]:
    """Valid Belgian and international numbers that belong to somebody: no free or paid service lines, no file numbers.

    A text with very many numbers is not checked to the end: what looks like a number there, counts as one.
    """
    numbers = PhoneNumberMatcher(text, "BE", leniency=Leniency.VALID, max_tries=_MOST_TRIES)
    for checked, found in enumerate(numbers, 1):
        before = text[max(0, found.start - _LOOK_BACK) : found.start]
        if number_type(found.number) not in _PUBLIC_NUMBERS and not _FILE_NUMBER.search(before):
            yield found.start, found.end
        if checked == _MOST_CHECKED:
            yield from (like.span() for like in _LIKE_A_NUMBER.finditer(text, found.end))
            return


def _key(written: str) -> str:
    """Form in which own numbers are compared: an address as it is, a number by its national digits."""
    if "@" in written or "*" in written:
        return written.strip()
    digits = re.sub(r"\D", "", written)
    return re.sub(r"^(?:0032|32)0?", "0", digits)


def _under(host: str, own: str) -> bool:
    """True when an own entry `*.police.be` covers the host."""
    return own.startswith("*.") and (host == own[2:] or host.endswith(own[1:]))
