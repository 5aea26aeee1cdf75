"""The scenario "feesten": a Saturday night of the Gentse Feesten that plays itself, for whoever watches.

`BEATS` is the story; each one is brought about by the director. What is refused (whoever watches was faster, say) is
told, and the play goes on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.demo.director import PAUSE_S, Audience, Director, Over, Page, Refused
from bot.demo.stage import StageClock
from bot.parts import Parts
from commands.agenda import events, propose
from commands.drafts import drafts
from domain.clock import at_wall, local
from domain.digests import DigestKind
from domain.dossier import DossierState
from domain.errors import BadInput
from domain.events import EventState, EventView
from domain.messages import SENT
from domain.orders import Acknowledge, AddTurn, Delete, Document, Hide, PlanEvent, Review, Warn
from domain.states import State, Visibility
from storage.call_tables import IncidentCaseRow, IncidentRow, NoticeRow
from storage.paper_tables import DigestRow

NIGHT, MONDAY = date(2027, 7, 17), date(2027, 7, 19)
WEEK = "2027-W28"
BETWEEN_COMMENTS_S = 1.5


@dataclass(frozen=True, slots=True)
class Beat:
    """One thing that happens. day, at: not before this moment, on a Brussels clock · what: key of `ACTS` · who: person
    key · about: key of a comment · say: what the watcher reads.
    """

    at: time
    what: str
    say: str
    who: str = ""
    about: str = ""
    day: date = NIGHT

    @property
    def moment(self) -> datetime:
        """When, UTC."""
        return at_wall(self.day, self.at)


BEATS: tuple[Beat, ...] = (
    Beat(time(22, 45), "kalender", "Ann C. bevestigt de Gentse Feesten; Els D. wordt als eerste opgeroepen", "ann"),
    Beat(time(22, 45), "wacht", "Noor V. heeft wacht tot de ochtend", "ann", "noor"),
    Beat(time(22, 46), "burgers", "het is druk op de pagina", about="onnozelaars"),
    Beat(time(22, 48), "verbergen", "Jef T. verbergt een scheldpartij", "jef", "onnozelaars"),
    Beat(time(22, 49), "burgers", "er komt reclame tussen", about="krediet"),
    Beat(time(22, 50), "verwijderen", "Jef T. verwijdert de reclame", "jef", "krediet"),
    Beat(time(22, 53), "burgers", "gepraat over vreemdelingen", about="vreemdelingen"),
    Beat(time(22, 54), "verbergen", "Noor V. verbergt het", "noor", "vreemdelingen"),
    Beat(time(23), "burgers", "een dreiging tegen een agent, onder het bericht over de drukte", about="dreiging"),
    Beat(time(23), "opgeroepen", "Els D., commandant, wordt opgeroepen", "els", "dreiging"),
    Beat(time(23, 1), "kennis_genomen", "Els D. neemt kennis: niemand anders wordt nog opgeroepen", "els", "dreiging"),
    Beat(time(23, 2), "verbergen", "Noor V. verbergt de dreiging", "noor", "dreiging"),
    Beat(time(23, 3), "waarschuwen", "Noor V. waarschuwt de schrijver, in een privébericht", "noor", "dreiging"),
    Beat(time(23, 6), "documenteren", "Noor V. maakt een dossier voor een PV", "noor", "dreiging"),
    Beat(time(23, 12), "burgers", "iemand zet het gsm-nummer van een ander online", about="gsm"),
    Beat(time(23, 13), "uitleggen", "Noor V. verwijdert het, met uitleg vooraf aan de schrijver", "noor", "gsm"),
    Beat(time(23, 20), "burgers", "de nacht gaat voort", about="acab"),
    Beat(time(23, 22), "verbergen", "Jef T. verbergt nog een scheldwoord", "jef", "acab"),
    Beat(time(23, 40), "burgers", "de laatste reacties van de nacht"),
    Beat(time(8, 50), "nakijken", "maandag: Ann C. leest het dossier na en verzegelt het", "ann", "dreiging", MONDAY),
    Beat(time(9, 15), "weekoverzicht", "maandag: het Weekoverzicht is er: kijk bij Overzichten", day=MONDAY),
)
"""The Monday after is a workday within the Feesten: the second reader is back, and the week of that night is over."""


def play(parts: Parts, stage: StageClock, page: Page, audience: Audience) -> int:
    """Play all beats, or until it is time to stop; how many came about."""
    director = Director(parts, stage, page, audience)
    done = 0
    try:
        for beat in BEATS:
            done += _come_about(director, beat)
    except Over:
        return done
    return done


def _come_about(director: Director, beat: Beat) -> bool:
    director.pause(PAUSE_S)
    director.reach(beat.moment)
    director.tell(beat.say)
    try:
        ACTS[beat.what](director, beat)
    except (Refused, BadInput) as why:
        director.tell(f"  … niet gelukt: {why}")
        return False
    return True


# ---------------------------------------------------------------- what can happen


def _calendar(director: Director, beat: Beat) -> None:
    """The proposal of the rule is confirmed, with who is called."""
    event = director.await_(lambda: _feesten(director), "het voorstel voor de Feesten")
    if event.state is EventState.BEVESTIGD and event.commanders:
        return
    start, end = (f"{local(each):%Y-%m-%dT%H:%M}" for each in (event.start, event.end))
    plan = PlanEvent(
        by=beat.who,
        event_id=event.id,
        name=event.name,
        kind=event.kind,
        start=start,
        end=end,
        owner="sociale mediateam",
        commanders=("els",),
    )
    director.press(plan)


def _feesten(director: Director) -> EventView | None:
    house = director.parts.house

    def proposed(connection: sa.Connection) -> bool:
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            new = propose(session, house)
            session.commit()
        return new

    house.store(proposed)
    return director.read(lambda session: next((each for each in events(session) if _is_on(each, director)), None))


def _is_on(event: EventView, director: Director) -> bool:
    return event.kind == "feesten" and event.start <= director.stage.now() < event.end


def _on_call(director: Director, beat: Beat) -> None:
    start, end = f"{NIGHT}T20:00", f"{NIGHT + timedelta(days=1)}T08:00"
    director.press(AddTurn(by=beat.who, roster="wacht_moderatie", person=beat.about, start=start, end=end))


def _citizens(director: Director, beat: Beat) -> None:
    """Citizens write, up to the comment of this beat; all that are left when it names none."""
    while (key := director.page.next()) is not None:
        if beat.about and key == beat.about:
            return
        director.pause(BETWEEN_COMMENTS_S)


def _called(director: Director, beat: Beat) -> None:
    incident = _incident(director, beat.about)
    director.await_(lambda: director.read(lambda session: _notice(session, incident, beat.who)), "de oproep")


def _noted(director: Director, beat: Beat) -> None:
    director.press(Acknowledge(by=beat.who, incident_id=_incident(director, beat.about)))


def _incident(director: Director, key: str) -> int:
    case = director.case(key)
    return director.await_(lambda: director.read(lambda session: _living(session, case.id)), "het alarm")


def _hide(director: Director, beat: Beat) -> None:
    director.press_on(Hide, beat.who, beat.about)


def _warn(director: Director, beat: Beat) -> None:
    """With the text that the form would propose; until it was delivered."""
    case = director.case(beat.about)
    draft = drafts(director.parts.house, case, hide=False)[0]
    director.press_on(Warn, beat.who, beat.about, template=draft.template, text=draft.text)
    director.hasten(case, lambda: _delivered(director, beat.about), "de aflevering")


def _delivered(director: Director, key: str) -> bool:
    view = director.look_at(key)
    return view is not None and view.message is not None and view.message.state in SENT


def _document(director: Director, beat: Beat) -> None:
    form: Mapping[str, Any] = {
        "elements": ("openbaar", "opzet", "doelwit", "benadeelde"),
        "target": "persoon",
        "injured": "een inspecteur van de zone, nog te identificeren",
        "complaint": "te_vragen",
        "note": "Dreigt met een mes en met het gezin. De schrijver kreeg een waarschuwing.",
    }
    director.press_on(Document, beat.who, beat.about, category=director.case(beat.about).category, **form)


def _delete(director: Director, beat: Beat, **more: Any) -> None:  # noqa: ANN401 - fields of the order
    """Until it is gone, over the grace."""
    category = director.case(beat.about).category
    case = director.press_on(Delete, beat.who, beat.about, category=category, **more)
    director.hasten(case, lambda: _gone(director, beat.about), "het verwijderen")


def _explain(director: Director, beat: Beat) -> None:
    _delete(director, beat, explain=True, reason="Telefoonnummer van iemand anders")


def _gone(director: Director, key: str) -> bool:
    view = director.look_at(key)
    return view is not None and view.visibility is Visibility.VERWIJDERD and view.state is State.AFGEHANDELD


def _review(director: Director, beat: Beat) -> None:
    dossier = director.case(beat.about).dossier
    if dossier is None or dossier.state is not DossierState.CONCEPT:
        raise Refused("er is geen dossier in concept")
    director.press_on(Review, beat.who, beat.about, seen_form=dossier.version)


def _report(director: Director, _beat: Beat) -> None:
    name = f"{DigestKind.WEEKOVERZICHT}:{WEEK}"
    made = sa.select(col(DigestRow.id)).where(col(DigestRow.name) == name)
    director.await_(lambda: director.read(lambda session: session.scalar(made)), "het Weekoverzicht")


ACTS: Mapping[str, Callable[[Director, Beat], None]] = {
    "kalender": _calendar,
    "wacht": _on_call,
    "burgers": _citizens,
    "opgeroepen": _called,
    "kennis_genomen": _noted,
    "verbergen": _hide,
    "waarschuwen": _warn,
    "documenteren": _document,
    "verwijderen": _delete,
    "uitleggen": _explain,
    "nakijken": _review,
    "weekoverzicht": _report,
}


# ---------------------------------------------------------------- what stands in the database


def _living(session: Session, case_id: int) -> int | None:
    return session.scalar(
        sa.select(col(IncidentRow.id))
        .join(IncidentCaseRow, col(IncidentCaseRow.incident_id) == col(IncidentRow.id))
        .where(col(IncidentCaseRow.case_id) == case_id, col(IncidentRow.ended_at).is_(None))
    )


def _notice(session: Session, incident: int, who: str) -> int | None:
    return session.scalars(
        sa.select(col(NoticeRow.id)).where(col(NoticeRow.incident_id) == incident, col(NoticeRow.who) == who)
    ).first()
