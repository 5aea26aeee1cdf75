"""Who may do what (product §9). Deny by default: a command without a row may be given by nobody.

Every command word has a row with every role that may give it; a test compares this table with the list of orders, so
that a new command cannot be forgotten.
"""

from enum import StrEnum


class Role(StrEnum):
    """Role keys of people with an account."""

    MODERATOR = "moderator"
    COORDINATOR = "coordinator"
    COMMANDANT = "commandant"
    JURIST = "jurist"
    LEZER = "lezer"
    DPO = "dpo"
    BEHEERDER = "beheerder"
    MELDER = "melder"


_TEAM = frozenset({Role.MODERATOR, Role.COORDINATOR})
_SECOND = _TEAM | {Role.JURIST}
_READERS = frozenset({Role.COORDINATOR, Role.JURIST})
_CALLED = _TEAM | {Role.COMMANDANT}
_CALENDAR = frozenset({Role.COORDINATOR, Role.BEHEERDER})

PERMISSIONS: dict[str, frozenset[Role]] = {
    "neem_ik": _TEAM,
    "laat_los": _TEAM,
    "verbergen": _TEAM,
    "laten_staan": _TEAM,
    "fout_gemarkeerd": _TEAM,
    "verwijderen": _TEAM,
    "annuleren": _TEAM,
    "terug_zichtbaar": _TEAM,
    "heropenen": _TEAM,
    "opnieuw": _TEAM,
    "manueel_gedaan": _TEAM,
    "toon_tekst": _SECOND,
    "waarschuwen": _TEAM,
    "verzenden_annuleren": _TEAM,
    "goedkeuren": _SECOND,
    "weigeren": _SECOND,
    "wel_verstuurd": _TEAM,
    "niet_verstuurd": _TEAM,
    "waarschuwing_intrekken": _TEAM,
    "documenteren": _SECOND,
    "nakijken": _READERS,
    "overmaken": _READERS,
    "dossier_intrekken": _SECOND,
    "kennis_genomen": _CALLED,
    "demp": _CALLED,
    "vals_alarm": _CALLED,
    "incident_sluiten": _CALLED,
    "event_plannen": _CALENDAR | _TEAM,
    "event_bevestigen": _CALENDAR,
    "event_afgelasten": _CALENDAR,
    "wacht_toevoegen": _CALENDAR,
    "wacht_wissen": _CALENDAR,
    "melding": frozenset(Role),
}
"""Command word → roles that may give the order."""

PAGES: dict[str, frozenset[Role]] = {
    "kaarten": _TEAM,
    "kaart": _SECOND,
    "reacties": _TEAM,
    "register": frozenset({Role.MODERATOR, Role.COORDINATOR, Role.JURIST, Role.LEZER, Role.DPO}),
    "register_namen": frozenset({Role.COORDINATOR, Role.JURIST}),
    "dossiers": _SECOND,
    "alarmen": _CALLED,
    "event": frozenset(Role) - {Role.MELDER},
    "rooster": frozenset(Role) - {Role.MELDER},
    "overzichten": frozenset(Role) - {Role.MELDER},
    "melding": frozenset(Role),
    "beheer": frozenset({Role.COORDINATOR, Role.BEHEERDER, Role.DPO}),
}
"""Page of the browser channel → roles that may open it. `kaart`: one card, by its link, for who is a second person on
it · `register_namen`: the register with names of colleagues.
"""


def may(role: Role, command: str) -> bool:
    """True if a person with this role may give this order."""
    return role in PERMISSIONS.get(command, frozenset())


def may_open(role: Role, page: str) -> bool:
    """True if a person with this role may open this page."""
    return role in PAGES.get(page, frozenset())
