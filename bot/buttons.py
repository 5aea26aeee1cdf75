"""Which buttons does this person see on this case? One table, one way to read it; every channel draws the result.

The act of a button is the command word: an API, answered for ever (`domain.orders`). States come from
`domain.states.ALLOWED`, roles from `domain.roles`, abilities from the account: nothing is assumed here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.texts import N_, Words
from bot.texts.labels import ABILITIES, COMMANDS, ROLES
from domain.categories import CATEGORIES
from domain.model import Ability, Capability, CaseView, Person, Way
from domain.roles import Role, may
from domain.states import ALLOWED, Marker, State, Visibility


class Place(StrEnum):
    """Where a button stands on a card."""

    ROW = "rij"
    MORE = "meer"
    TEXT = "tekst"
    REASON = "reden"


@dataclass(frozen=True, slots=True)
class Row:
    """One button. word: command and action id · key: single key in the browser · form: opens a dialog first."""

    word: str
    label: str
    place: Place
    key: str = ""
    needs: Ability | None = None
    form: bool = False


BUTTONS = (
    Row("opnieuw", N_("Try again"), Place.ROW),
    Row("manueel_gedaan", N_("Done by hand…"), Place.ROW, form=True),
    Row("verbergen", N_("Hide"), Place.ROW, "v", Ability.HIDE),
    Row("laten_staan", N_("Leave"), Place.ROW, "l"),
    Row("verwijderen", N_("Delete…"), Place.ROW, needs=Ability.DELETE, form=True),
    Row("annuleren", N_("Cancel"), Place.ROW, "z"),
    Row("terug_zichtbaar", N_("Undo"), Place.ROW, "z", Ability.UNHIDE),
    Row("heropenen", N_("Undo"), Place.ROW, "z"),
    Row("neem_ik", N_("I take it"), Place.MORE),
    Row("laat_los", N_("Let go"), Place.MORE),
    Row("toon_tekst", N_("Show text"), Place.TEXT),
    Row("fout_gemarkeerd", N_("Wrongly flagged"), Place.REASON),
)
"""Every button there is, in the order in which hands learn them."""

_TAKE_OVER = N_("Take over")
_GONE = (Visibility.VERWIJDERD, Visibility.DOOR_AUTEUR_VERWIJDERD)


@dataclass(frozen=True, slots=True)
class Button:
    """A button as drawn. off: why it cannot be pressed now (empty = it can) · form: opens a dialog ·
    take_over: takes the case from the colleague who holds it.
    """

    act: str
    label: str
    place: Place
    key: str = ""
    primary: bool = False
    form: bool = False
    off: str = ""
    take_over: bool = False


def capability(abilities: Mapping[Ability, Capability], needed: Ability) -> Capability:
    """What the account can do of this; what is not named cannot be done."""
    return abilities.get(needed, Capability(Way.GEEN))


def buttons(view: CaseView, viewer: Person, words: Words) -> tuple[Button, ...]:
    """The buttons in order, the advised one first; none while an order is being carried out."""
    if view.doing:
        return ()
    drawn = [_button(row, view, viewer, words) for row in BUTTONS if _offered(row, view, viewer)]
    return tuple(_advised_first(drawn, view))


def missing(view: CaseView, viewer: Person, words: Words) -> tuple[str, ...]:
    """Why buttons that a person would expect are not there: one line each."""
    wanted = [row for row in BUTTONS if row.place is Place.ROW and _makes_sense(row.word, view)]
    if not wanted:
        return ()
    if not any(may(Role(viewer.role), row.word) for row in wanted):
        return (words("Your role ({role}) does not decide on cards.", role=words(ROLES[Role(viewer.role)])),)
    return tuple(_why_not(row.needs, view, words) for row in wanted if row.needs and _way(row, view) is Way.GEEN)


def _why_not(needed: Ability, view: CaseView, words: Words) -> str:
    why = capability(view.capabilities, needed).why
    return words(
        "{platform} cannot {ability}: {why}" if why else "{platform} cannot {ability} here.",
        platform=view.platform_label,
        ability=words(ABILITIES[needed]),
        why=words(why),
    )


def _offered(row: Row, view: CaseView, viewer: Person) -> bool:
    return may(Role(viewer.role), row.word) and _way(row, view) is not Way.GEEN and _makes_sense(row.word, view, viewer)


def _way(row: Row, view: CaseView) -> Way:
    return capability(view.capabilities, row.needs).way if row.needs else Way.API


def _makes_sense(word: str, view: CaseView, viewer: Person | None = None) -> bool:
    """True if the state allows the command and it would change something."""
    gone = view.visibility in _GONE or Marker.AUTEUR_VERWIJDERD in view.markers
    if view.state not in ALLOWED[word] or (gone and word != "toon_tekst"):
        return False
    mine = viewer is not None and view.claimed_by == viewer.key
    match word:
        case "terug_zichtbaar":
            return view.visibility is Visibility.VERBORGEN
        case "heropenen":
            return view.visibility is not Visibility.VERBORGEN
        case "neem_ik":
            return not mine
        case "laat_los":
            return mine
        case _:
            return True


def _button(row: Row, view: CaseView, viewer: Person, words: Words) -> Button:
    taken = row.word == "neem_ik" and view.claimed_by not in (None, viewer.key)
    return Button(
        act=row.word,
        label=words(_TAKE_OVER if taken else _label(row, view)),
        place=_place(row, view),
        key=row.key,
        form=row.form or _way(row, view) is Way.MANUEEL,
        off=words(_off(row.word, view)) if _off(row.word, view) else "",
        take_over=taken,
    )


def _label(row: Row, view: CaseView) -> str:
    """Undo is the word on a handled card; elsewhere the command's own."""
    undo = row.word in ("terug_zichtbaar", "heropenen")
    return COMMANDS[row.word] if undo and view.state is not State.AFGEHANDELD else row.label


def _place(row: Row, view: CaseView) -> Place:
    """In trouble or when handled, other decisions stand under *Meer*; so do hide and delete where no rule is broken."""
    if not CATEGORIES[view.category].breach and row.word in ("verbergen", "verwijderen"):
        return Place.MORE
    first = {State.MISLUKT: ("opnieuw", "manueel_gedaan"), State.AFGEHANDELD: ("terug_zichtbaar", "heropenen")}
    aside = row.place is Place.ROW and row.word not in first.get(view.state, (row.word,))
    return Place.MORE if aside else row.place


def _off(word: str, view: CaseView) -> str:
    if word != "verwijderen":
        return ""
    if Marker.BEWAARPLICHT in view.markers:
        return N_("Legal hold: this may not be erased.")
    return "" if view.evidence else N_("No evidence yet, so nothing irreversible.")


def _advised_first(drawn: Sequence[Button], view: CaseView) -> Iterable[Button]:
    advised = ("opnieuw",) if view.state is State.MISLUKT else CATEGORIES[view.category].advice
    able = {button.act: button for button in drawn if button.place is Place.ROW and not button.off}
    first = next((able[word] for word in advised if word in able), None)
    if first is None or view.state in (State.AFGEHANDELD, State.GEPLAND):
        return drawn
    return [replace(first, primary=True), *(button for button in drawn if button is not first)]
