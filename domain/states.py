"""State machine of a case, and what is true of the comment on its platform.

                     claim                    hide, leave, delete done
        ┌─────────┐ ───────▶ ┌────────────────┐ ───────────────▶ ┌──────────────┐
  ─────▶│  nieuw  │          │ in_behandeling │                  │ afgehandeld  │◀──┐
        └─────────┘ ◀─────── └────────────────┘                  └──────────────┘   │
             │       expiry, release    │                           │ undo, reopen  │
             │ delete                   │ delete                    ▼               │
             │        ┌─────────┐       │                      ┌──────────┐         │
             └───────▶│ gepland │◀──────┘◀─────────────────────│ heropend │─────────┤
                      └─────────┘ ── grace over, deleted ──────┴──────────┴─────────┘
                           │ cancel, text changed, legal hold ─▶ heropend
      any act refused ─▶ ┌──────────┐
                         │ mislukt  │ ── retry ─▶ (the act again) · manueel gedaan ─▶ afgehandeld
                         └──────────┘

`wacht_4ogen`: a third warning waits for a second person; *goedkeuren* plans it, *weigeren* opens the case again. An
open case may hold a hidden comment (its text changed, or another tool hid it): *terug zichtbaar* starts there too.
`uitgesteld` (snooze) is a state of a later command. Every transition that exists is a row of `ALLOWED`, and one that
is not there cannot be made (deny by default).
"""

from enum import StrEnum


class State(StrEnum):
    """State of a case (product §5)."""

    NIEUW = "nieuw"
    IN_BEHANDELING = "in_behandeling"
    UITGESTELD = "uitgesteld"
    WACHT_4OGEN = "wacht_4ogen"
    GEPLAND = "gepland"
    MISLUKT = "mislukt"
    AFGEHANDELD = "afgehandeld"
    HEROPEND = "heropend"


OPEN = (State.NIEUW, State.IN_BEHANDELING, State.UITGESTELD, State.WACHT_4OGEN, State.MISLUKT, State.HEROPEND)
"""States in which a person still has to decide."""

ACTIONABLE = (State.NIEUW, State.IN_BEHANDELING, State.HEROPEND, State.MISLUKT)
"""States from which hide, leave and delete may start."""


class Visibility(StrEnum):
    """What is true of the comment on its platform."""

    ZICHTBAAR = "zichtbaar"
    VERBORGEN = "verborgen"
    VERWIJDERD = "verwijderd"
    DOOR_AUTEUR_VERWIJDERD = "door_auteur_verwijderd"
    ONBEKEND = "onbekend"


GONE = (Visibility.VERWIJDERD, Visibility.DOOR_AUTEUR_VERWIJDERD)
"""Nothing is left on the platform to act on."""


class Marker(StrEnum):
    """What stands beside the state."""

    AUTEUR_VERWIJDERD = "auteur_verwijderd"
    ELDERS_VERBORGEN = "elders_verborgen"
    AANGEPAST = "aangepast"
    NACONTROLE = "nacontrole"
    BEWAARPLICHT = "bewaarplicht"
    BEVAT_BEELD = "bevat_beeld"
    MANUEEL = "manueel"


ALLOWED: dict[str, tuple[State, ...]] = {
    "neem_ik": ACTIONABLE,
    "laat_los": (State.IN_BEHANDELING, State.HEROPEND, State.MISLUKT),
    "verbergen": ACTIONABLE,
    "laten_staan": ACTIONABLE,
    "fout_gemarkeerd": ACTIONABLE,
    "verwijderen": (*ACTIONABLE, State.AFGEHANDELD),
    "annuleren": (State.GEPLAND,),
    "terug_zichtbaar": (*ACTIONABLE, State.AFGEHANDELD),
    "heropenen": (State.AFGEHANDELD,),
    "opnieuw": (State.MISLUKT,),
    "manueel_gedaan": (State.MISLUKT,),
    "toon_tekst": tuple(State),
    "waarschuwen": (*ACTIONABLE, State.AFGEHANDELD),
    "verzenden_annuleren": tuple(State),
    "goedkeuren": (State.WACHT_4OGEN,),
    "weigeren": (State.WACHT_4OGEN,),
    "wel_verstuurd": tuple(State),
    "niet_verstuurd": tuple(State),
    "waarschuwing_intrekken": tuple(State),
    "documenteren": tuple(State),
    "nakijken": tuple(State),
    "overmaken": tuple(State),
    "dossier_intrekken": tuple(State),
}
"""Per command word about a case the states from which it may start."""
