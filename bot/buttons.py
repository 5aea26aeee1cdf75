"""Which buttons does this person see on this case? One table, one way to read it; every channel draws the result.

The act of a button is the command word: an API, answered for ever (`domain.orders`). States come from
`domain.states.ALLOWED`, roles from `domain.roles`, abilities from the account: nothing is assumed here.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.texts import N_, Words
from bot.texts.labels import ABILITIES, COMMANDS, ROLES
from domain.categories import CATEGORIES
from domain.dossier import DossierState
from domain.messages import SENT, UNDERWAY, MessageState, MessageView, Template
from domain.model import Ability, Capability, CaseView, Person, Way
from domain.roles import Role, may
from domain.states import ACTIONABLE, ALLOWED, GONE, Marker, State, Visibility


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
    Row("wel_verstuurd", N_("It was sent"), Place.ROW),
    Row("niet_verstuurd", N_("It was not sent"), Place.ROW),
    Row("manueel_gedaan", N_("Done by hand…"), Place.ROW, form=True),
    Row("goedkeuren", N_("Approve"), Place.ROW),
    Row("weigeren", N_("Decline…"), Place.ROW, form=True),
    Row("verzenden_annuleren", N_("Cancel sending"), Place.ROW, "z"),
    Row("verbergen", N_("Hide"), Place.ROW, "v", Ability.HIDE),
    Row("laten_staan", N_("Leave"), Place.ROW, "l"),
    Row("waarschuwen", N_("Warn…"), Place.ROW, needs=Ability.REPLY_PRIVATE, form=True),
    Row("documenteren", N_("Document (PV)…"), Place.ROW, form=True),
    Row("verwijderen", N_("Delete…"), Place.ROW, needs=Ability.DELETE, form=True),
    Row("annuleren", N_("Cancel"), Place.ROW, "z"),
    Row("terug_zichtbaar", N_("Undo"), Place.ROW, "z", Ability.UNHIDE),
    Row("heropenen", N_("Undo"), Place.ROW, "z"),
    Row("neem_ik", N_("I take it"), Place.MORE),
    Row("laat_los", N_("Let go"), Place.MORE),
    Row("waarschuwing_intrekken", N_("Withdraw the warning…"), Place.MORE, form=True),
    Row("toon_tekst", N_("Show text"), Place.TEXT),
    Row("fout_gemarkeerd", N_("Wrongly flagged"), Place.REASON),
)
"""Every button on a card, in the order in which hands learn them. Those of a dossier stand on its own page."""

_TAKE_OVER = N_("Take over")
_ADD_TO_DOSSIER = N_("Add to the dossier…")
_SENT_BY_HAND = N_("Sent by hand…")
_SAY = ("wel_verstuurd", "niet_verstuurd")
"""What a person says after looking whether a message arrived, whatever became of the card meanwhile."""
_WITHOUT_COMMENT = ("toon_tekst", "documenteren", "waarschuwing_intrekken", *_SAY)
"""What still makes sense when the comment itself is gone."""
_IN_TROUBLE = ("opnieuw", "manueel_gedaan", "verzenden_annuleren")
_STUCK = {
    "waarschuwen": (MessageState.MISLUKT, MessageState.NIET_AFLEVERBAAR),
    "verwijderen": (MessageState.MISLUKT,),
}
"""By the command that failed the states in which it was the message that failed."""
_UNDO = ("annuleren", "terug_zichtbaar", "heropenen")


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


def buttons(view: CaseView, viewer: Person, words: Words, *, linked: bool = True) -> tuple[Button, ...]:
    """The buttons in order, the advised one first unless something must be said first; none while an order is being
    carried out. linked: the address of the house rules is set, without which nobody can be warned.
    """
    if view.doing:
        return ()
    drawn = [_button(row, view, viewer, words, linked=linked) for row in BUTTONS if _offered(row, view, viewer)]
    if doubted(view):
        return tuple(drawn)
    return tuple(_next_first(drawn, view) if view.state is State.AFGEHANDELD else _advised_first(drawn, view))


def troubled(view: CaseView) -> MessageView | None:
    """The message that this case is in trouble about; None when something else failed."""
    message = view.message
    if message is None or view.state is not State.MISLUKT:
        return None
    if doubted(view):
        return message
    failed = view.trouble.command if view.trouble else ""
    explains = message.template == Template.VERWIJDERD_PRIVACY
    ours = explains == (failed == "verwijderen")
    return message if ours and message.state in _STUCK.get(failed, ()) else None


def doubted(view: CaseView) -> MessageView | None:
    """The message of which nobody knows whether it arrived; None without one."""
    message = view.message
    return message if message and message.state is MessageState.ONBEKEND else None


def waits(view: CaseView) -> MessageView | None:
    """The message that will still go out by itself; None without one, and for one that belongs to a deletion."""
    message = view.message
    alone = view.planned is None
    return message if message and alone and message.state is MessageState.GEPLAND else None


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
    gone = view.visibility in GONE or Marker.AUTEUR_VERWIJDERD in view.markers
    if view.state not in ALLOWED[word] or (gone and word not in _WITHOUT_COMMENT):
        return False
    return word not in _CHANGES or _CHANGES[word](view, viewer)


def _mine(view: CaseView, viewer: Person | None) -> bool:
    return viewer is not None and view.claimed_by == viewer.key


def _asked_by(view: CaseView, viewer: Person | None) -> bool:
    return view.message is not None and viewer is not None and view.message.by == viewer.key


def _may_try_again(view: CaseView) -> bool:
    stuck = troubled(view)
    return stuck is None or stuck.state is MessageState.MISLUKT


def _may_warn(view: CaseView) -> bool:
    """Who was written to, or will be, is not offered again; a card that only waits for a decision says why."""
    used = view.message is not None and view.message.state in (*SENT, *UNDERWAY)
    asked = view.state in ACTIONABLE and view.state is not State.MISLUKT
    return CATEGORIES[view.category].breach and (asked or not used)


def _may_cancel(view: CaseView, viewer: Person | None) -> bool:
    """What is planned, by anybody in the team; what waits for a second person, by who asked: the others decline."""
    return waits(view) is not None or (view.state is State.WACHT_4OGEN and _asked_by(view, viewer))


_CHANGES: Mapping[str, Callable[[CaseView, Person | None], bool]] = {
    "terug_zichtbaar": lambda view, _: view.visibility is Visibility.VERBORGEN,
    "heropenen": lambda view, _: view.visibility is not Visibility.VERBORGEN,
    "neem_ik": lambda view, viewer: not _mine(view, viewer),
    "laat_los": _mine,
    "opnieuw": lambda view, _: _may_try_again(view),
    "wel_verstuurd": lambda view, _: doubted(view) is not None,
    "niet_verstuurd": lambda view, _: doubted(view) is not None,
    "goedkeuren": lambda view, viewer: not _asked_by(view, viewer),
    "weigeren": lambda view, viewer: not _asked_by(view, viewer),
    "verzenden_annuleren": _may_cancel,
    "waarschuwen": lambda view, _: _may_warn(view),
    "waarschuwing_intrekken": lambda view, _: view.ledger.here is not None,
}
"""When a command would change something, for those of which the state alone does not tell."""


def _button(row: Row, view: CaseView, viewer: Person, words: Words, *, linked: bool) -> Button:
    off = _off(row, view, linked=linked)
    taken = row.word == "neem_ik" and view.claimed_by not in (None, viewer.key)
    return Button(
        act=row.word,
        label=words(_TAKE_OVER if taken else _label(row, view)),
        place=_place(row, view),
        key="" if row.word in _UNDO and waits(view) else row.key,
        form=row.form or _way(row, view) is Way.MANUEEL,
        off=words(off, platform=view.platform_label) if off else "",
        take_over=taken,
    )


def _label(row: Row, view: CaseView) -> str:
    """Undo is the word on a handled card; elsewhere the command's own."""
    if row.word == "documenteren" and view.dossier:
        return _ADD_TO_DOSSIER
    if row.word == "manueel_gedaan" and troubled(view):
        return _SENT_BY_HAND
    undo = row.word in ("terug_zichtbaar", "heropenen")
    return COMMANDS[row.word] if undo and (view.state is not State.AFGEHANDELD or _warned(view)) else row.label


def _warned(view: CaseView) -> bool:
    """True if undoing cannot take back all that was done: the citizen has the message."""
    return view.done is not None and view.done.command == "waarschuwen" and waits(view) is None


def _place(row: Row, view: CaseView) -> Place:
    """In trouble or when handled, other decisions stand under *Meer*; so do those that need a broken rule elsewhere."""
    if row.place is not Place.ROW:
        return row.place
    if row.word == "documenteren" and view.dossier:
        return Place.MORE
    return row.place if row.word in (*_SAY, *_row_of(view)) else Place.MORE


def _row_of(view: CaseView) -> Collection[str]:
    """The commands that stand in the row of this case."""
    match view.state:
        case State.MISLUKT:
            return () if doubted(view) else _IN_TROUBLE
        case State.AFGEHANDELD | State.GEPLAND:
            return ("verzenden_annuleren",) if waits(view) else _UNDO
        case State.WACHT_4OGEN:
            return ("goedkeuren", "weigeren", "verzenden_annuleren")
        case _ if not CATEGORIES[view.category].breach:
            return ("laten_staan",)
        case _:
            return _ROW


_ROW = tuple(row.word for row in BUTTONS if row.place is Place.ROW)


def _off(row: Row, view: CaseView, *, linked: bool) -> str:
    match row.word:
        case "verwijderen":
            return _no_delete(view)
        case "waarschuwen":
            return _no_warning(row, view, linked=linked)
        case _:
            return ""


def _no_delete(view: CaseView) -> str:
    if Marker.BEWAARPLICHT in view.markers:
        return N_("Legal hold: this may not be erased.")
    if view.dossier and view.dossier.state is DossierState.CONCEPT:
        return N_("A PV dossier in concept is open on this card: have it checked or withdraw it first.")
    return "" if view.evidence else N_("No evidence yet, so nothing irreversible.")


def _no_warning(row: Row, view: CaseView, *, linked: bool) -> str:
    state = view.message.state if view.message else None
    if state in SENT:
        return N_("Warning: the one private message for this comment was sent already.")
    if state in UNDERWAY:
        return N_("Warning: a private message about this comment is underway.")
    if _way(row, view) is Way.MANUEEL:
        return N_("Nabij cannot send private messages on {platform}.")
    return "" if linked else N_("Warning: the address of the house rules is not set, so no text can go out.")


def _advised_first(drawn: Sequence[Button], view: CaseView) -> Iterable[Button]:
    advised = ("opnieuw",) if view.state is State.MISLUKT else CATEGORIES[view.category].advice
    able = {button.act: button for button in drawn if button.place is Place.ROW and not button.off}
    first = next((able[word] for word in advised if word in able), None)
    if first is None or view.state is State.GEPLAND:
        return drawn
    return [replace(first, primary=True), *(button for button in drawn if button is not first)]


def _next_first(drawn: Sequence[Button], view: CaseView) -> Iterable[Button]:
    """On a handled card the next advised step that was not done yet moves into the row, before the undo."""
    kept = view.done is not None and view.done.command in ("laten_staan", "fout_gemarkeerd")
    wanted = () if kept or waits(view) else CATEGORIES[view.category].advice
    able = {button.act: button for button in drawn if not button.off and not _was_done(button.act, view)}
    following = next((able[word] for word in wanted if word in able), None)
    if following is None:
        return drawn
    return [replace(following, place=Place.ROW), *(button for button in drawn if button is not following)]


def _was_done(word: str, view: CaseView) -> bool:
    match word:
        case "documenteren":
            return view.dossier is not None
        case "waarschuwen":
            return view.message is not None
        case _:
            return False
