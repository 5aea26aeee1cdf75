"""The PV dossier: two axes kept apart, ticks without qualification, and its life (product §4, §5, §18).

 documenteren             nakijken, by somebody else         overmaken
──────────────▶ concept ───────────────────────▶ nagekeken ───────────▶ overgemaakt
    form edited in versions   │ sealed: never changes again; an addition is a new dossier SMD-…-A1
                              └─ dossier_intrekken, with a reason ─▶ ingetrokken (its number stays used)
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class DossierState(StrEnum):
    """State of a dossier."""

    CONCEPT = "concept"
    NAGEKEKEN = "nagekeken"
    OVERGEMAAKT = "overgemaakt"
    INGETROKKEN = "ingetrokken"


class Punishable(StrEnum):
    """*Mogelijk strafbaar*: never decided by Nabij; `ja` only by a jurist."""

    NEE = "nee"
    TE_BEOORDELEN = "te_beoordelen"
    JA = "ja"


ELEMENTS = ("openbaar", "opzet", "beschermd_criterium", "doelwit", "racisme_xenofobie", "benadeelde")
"""Ticks: public · sign of intent · protected criterium · target · ground racism or xenophobia · somebody is harmed."""

COMPLAINTS = ("ja", "nee", "te_vragen")
"""*Klacht*: of the person harmed; empty = not filled in."""

TARGETS = ("persoon", "groep")


@dataclass(frozen=True, slots=True)
class Form:
    """What a person filled in. category: house rule that was broken · punishable: a `Punishable` · elements: keys of
    ELEMENTS · criterion: which protected criterium · target: of TARGETS · injured: who is harmed · complaint: of
    COMPLAINTS · note: free text. All but keys is what a colleague typed.
    """

    category: str
    punishable: str = Punishable.TE_BEOORDELEN.value
    elements: tuple[str, ...] = ()
    criterion: str = ""
    target: str = ""
    injured: str = ""
    complaint: str = ""
    note: str = ""

    def to_data(self) -> dict[str, Any]:
        """As plain data, for storage and `dossier.json`."""
        return {**asdict(self), "elements": list(self.elements)}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Form":
        """Out of storage."""
        return cls(**{**data, "elements": tuple(data["elements"])})


@dataclass(frozen=True, slots=True)
class DossierView:
    """A dossier as card, list and page show it. version: of the form, counted from 1 · authors: who filled in any
    version, none of whom may be its second reader · digest: SHA-256 of the sealed manifest, empty before.
    """

    id: int
    number: str
    case_id: int
    case_number: str
    state: DossierState
    version: int
    form: Form
    authors: tuple[str, ...]
    made_by: str
    made_at: datetime
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    handed_by: str = ""
    handed_at: datetime | None = None
    recipient: str = ""
    pv_number: str = ""
    digest: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Slip:
    """One part of a dossier: where it is, or why it is missing. part: in words (`media 0`) · path: in the file, empty
    when it is missing · sha256: of its bytes · missing: why, empty when it is there.
    """

    part: str
    path: str = ""
    sha256: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class TextVersion:
    """One text that the comment had. points: its code points as `U+0041 …` for what does not print."""

    version: int
    text: str
    seen_at: datetime
    source: str
    digest: str


@dataclass(frozen=True, slots=True)
class Contents:
    """All that the readable page of a dossier shows, read from the database already; `data` is `dossier.json`."""

    view: DossierView
    data: Mapping[str, Any]
    texts: tuple[TextVersion, ...]
    slips: tuple[Slip, ...]
