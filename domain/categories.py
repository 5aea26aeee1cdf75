"""Categories of the house rules, urgencies and certainties (product table §4).

Keys are the force's own Dutch words. Two axes are kept apart: a category says which house rule is touched, never
whether something is punishable.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Urgency(IntEnum):
    """How soon a person must look; ordered, so that the highest of several flags can be taken."""

    GEEN = 0
    LAAG = 1
    NORMAAL = 2
    HOOG = 3
    KRITIEK = 4

    @property
    def key(self) -> str:
        """The word in data and rule files: `kritiek`."""
        return self.name.lower()

    @classmethod
    def of(cls, key: str) -> "Urgency":
        """The urgency of a key; KeyError for an unknown one."""
        return cls[key.upper()]


class Certainty(StrEnum):
    """How sure a flag is: decides who is disturbed first, never what is done."""

    HOOG = "hoog"
    TE_BEOORDELEN = "te_beoordelen"


@dataclass(frozen=True, slots=True)
class Category:
    """One row of the table.

    key: Dutch key in data · urgency: default · advice: command words in the order advised · breach: counts as
    *inbreuk* ("flagged" in figures); service categories are not and never advise hiding · on: False = off by default.
    """

    key: str
    urgency: Urgency
    advice: tuple[str, ...]
    breach: bool = True
    on: bool = True


_ROWS = (
    Category("noodoproep", Urgency.KRITIEK, ("alarm", "laten_staan"), breach=False),
    Category("bedreiging", Urgency.KRITIEK, ("documenteren", "verbergen", "commandant")),
    Category("aanzetten_haat", Urgency.KRITIEK, ("documenteren", "verbergen")),
    Category("persoonsgegevens", Urgency.KRITIEK, ("verbergen", "verwijderen")),
    Category("negationisme", Urgency.HOOG, ("documenteren", "verbergen")),
    Category("racisme_discriminatie", Urgency.HOOG, ("verbergen", "waarschuwen")),
    Category("belaging", Urgency.HOOG, ("documenteren", "verbergen")),
    Category("smaad_laster", Urgency.HOOG, ("documenteren", "verbergen")),
    Category("beeld_zonder_toestemming", Urgency.HOOG, ("verwijderen",)),
    Category("belediging_scheldproza", Urgency.NORMAAL, ("verbergen", "waarschuwen")),
    Category("grof_onfatsoen", Urgency.NORMAAL, ("verbergen",)),
    Category("reclame_spam", Urgency.LAAG, ("verwijderen",)),
    Category("trollen", Urgency.LAAG, ("verbergen",)),
    Category("misleidend", Urgency.LAAG, ("antwoorden",)),
    Category("politiek", Urgency.LAAG, ("verbergen",), on=False),
    Category("klacht", Urgency.NORMAAL, ("antwoorden",), breach=False),
    Category("melding", Urgency.NORMAAL, ("doorsturen",), breach=False),
    Category("vraag", Urgency.NORMAAL, ("antwoorden",), breach=False),
    Category("ruzie", Urgency.NORMAAL, ("laten_staan",), breach=False),
    Category("onbedoeld", Urgency.LAAG, ("laten_staan",), breach=False),
    Category("loze_bewering", Urgency.LAAG, ("antwoorden",), breach=False),
    Category("kritiek_mening", Urgency.LAAG, ("laten_staan",), breach=False),
    Category("medeleven", Urgency.GEEN, ("laten_staan",), breach=False),
    Category("positief", Urgency.GEEN, ("bedanken",), breach=False),
)

CATEGORIES: dict[str, Category] = {row.key: row for row in _ROWS}
"""All categories by key, in order of priority at equal urgency (facts: flagging §6)."""

PRIORITY: dict[str, int] = {row.key: place for place, row in enumerate(_ROWS)}


def priority(category: str, urgency: Urgency) -> tuple[int, int]:
    """Sort key: highest urgency first, then the order of the table."""
    return (-urgency, PRIORITY[category])
