"""Intake: flagged comments become cases, edited comments are judged again, and what happened elsewhere is noticed.

Runs as a workflow per delivery, after ingest committed: one transaction opens the cases (so that the cards are there at
once), then each new text gets a workflow of its own that captures the evidence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands import incidents, ingest
from commands.accounts import reach
from commands.capture import capture
from commands.case import author_removed, entry_of, live_flags, lock, mark, open_again, touch, void_message
from commands.flow import DELETE, HIDE, UNHIDE
from commands.house import House
from domain.categories import Urgency, priority
from domain.clock import local
from domain.errors import Gone, PlatformError
from domain.model import ChangeKind, Raw
from domain.states import GONE, Marker, State, Visibility
from storage import evidence
from storage.database import count
from storage.durable import WORK, Run
from storage.register_entry import Entry, Event
from storage.tables import CaseRow, CommentRow, DeliveryRow, FlagRow, IntentRow, TextVersionRow

CAPTURE = "vastleggen"
_UNDECIDED = (State.GEPLAND, State.MISLUKT, State.WACHT_4OGEN)
"""States of which a changed text leaves nothing."""
BY_COLLEAGUE = "melding.collega"
"""The rule under which a report of a colleague flags a comment."""
PASTED = "melding"
"""Where the evidence of a pasted comment comes from."""


def intake(house: House, run: Run, comments: Sequence[Sequence[int]]) -> None:
    """Open or renew the case of each [comment row id, version]."""
    run.transaction("open gevallen", lambda session: _open_all(session, house, run, comments))


def _open_all(session: Session, house: House, run: Run, comments: Sequence[Sequence[int]]) -> int:
    lock(session)
    return sum(open_case(session, house, run, comment_id, version) for comment_id, version in comments)


@dataclass(frozen=True, slots=True)
class Reported:
    """It was a colleague who flagged a comment. by: person key · at: when · said: fields of the register line."""

    by: str
    at: datetime
    said: Mapping[str, Any]


def open_case(  # noqa: PLR0913 - the report comes by name
    session: Session, house: House, run: Run, comment_id: int, version: int, *, report: Reported | None = None
) -> bool:
    """A text that was flagged gets a case, even when a newer text is there already: that one has an intake of its own,
    which comes later and judges the case again. One that a colleague reported before its intake came is done already.
    """
    comment = session.get_one(CommentRow, comment_id)
    flags = [flag for flag in live_flags(session, comment, version) if flag.urgency > Urgency.GEEN]
    case = case_of(session, comment_id)
    newest = comment.version == version
    if case is None and flags:
        case = _new_case(session, house, comment, flags, report)
    elif case is not None and newest and session.get(TextVersionRow, (comment_id, version)) is None:
        _judge_again(session, house, case, comment, flags)
    else:
        return False
    if flags:
        incidents.consider(session, house, run, case, flags)
    if newest:
        _keep_first_proof(session, house, case, comment)
    if newest and not comment.pasted:
        run.start(session, WORK, CAPTURE, f"{CAPTURE}:{comment_id}:{version}", comment_id)
    return True


def case_of(session: Session, comment_id: int) -> CaseRow | None:
    """The case of a comment, when it was ever flagged."""
    return session.scalars(sa.select(CaseRow).where(col(CaseRow.comment_id) == comment_id)).first()


def _new_case(
    session: Session, house: House, comment: CommentRow, flags: Sequence[FlagRow], report: Reported | None
) -> CaseRow:
    opened_at = report.at if report else comment.seen_at
    year = local(opened_at).year
    first = _most_urgent(flags)
    case = CaseRow(
        number=f"NB-{year}-{count(session, f'geval-{year}'):06d}",
        comment_id=comment.id or 0,
        state=State.NIEUW.value,
        category=first.category,
        urgency=first.urgency,
        certainty=first.certainty,
        opened_at=opened_at,
        reported_by=report.by if report else "",
        markers=[Marker.BEVAT_BEELD.value] if comment.media else [],
    )
    session.add(case)
    session.flush()
    touch(session, case)
    house.register.append(session, _flagged(house, case, comment, flags, **(report.said if report else {})))
    return case


def _judge_again(session: Session, house: House, case: CaseRow, comment: CommentRow, flags: Sequence[FlagRow]) -> None:
    """The author changed the text: what was decided on the old one no longer stands by itself."""
    before = case.state
    mark(case, Marker.AANGEPAST, *([Marker.BEVAT_BEELD] if comment.media else []))
    if flags:
        first = _most_urgent(flags)
        case.category, case.urgency, case.certainty = first.category, first.urgency, first.certainty
    dropped = void_message(session, house, case, Event.TEKST_GEWIJZIGD.value)
    undone = case.state in _UNDECIDED or (case.state == State.AFGEHANDELD and (flags or dropped))
    if undone and comment.visibility not in GONE:
        open_again(session, house, case)
    changed = entry_of(
        house, case, comment, Event.TEKST_GEWIJZIGD, automated=True, from_state=before, to_state=case.state
    )
    house.register.append(session, changed)
    if flags:
        house.register.append(session, _flagged(house, case, comment, flags))
    touch(session, case)


def _flagged(
    house: House,
    case: CaseRow,
    comment: CommentRow,
    flags: Sequence[FlagRow],
    **said: Any,  # noqa: ANN401 - fields of Entry
) -> Entry:
    about = {"rules": tuple(sorted({flag.rule for flag in flags})), "ruleset": flags[0].ruleset, "to_state": case.state}
    return entry_of(house, case, comment, Event.GEMARKEERD, **{"automated": True, **about, **said})


def _most_urgent(flags: Sequence[FlagRow]) -> FlagRow:
    """At equal urgency what a colleague saw goes before what a rule found."""
    return min(flags, key=_pressing)


def _pressing(flag: FlagRow) -> tuple[int, bool, int]:
    urgency, place = priority(flag.category, Urgency(flag.urgency))
    return urgency, flag.rule != BY_COLLEAGUE, place


def _keep_first_proof(session: Session, house: House, case: CaseRow, comment: CommentRow) -> None:
    """The text, and the delivery that brought it, are proof before anything was asked of the platform."""
    ingest.keep_text(
        session.connection(),
        comment_id=comment.id,
        version=comment.version,
        text=comment.text,
        hash=comment.hash,
        seen_at=comment.seen_at,
        delivery_id=comment.delivery_id,
    )
    raw = _first_told(session, comment)
    if raw is None:
        return
    _, digest = evidence.keep(session, _as_told(house, comment, raw))
    reason = PASTED if comment.pasted else "levering"
    said = entry_of(house, case, comment, Event.VASTGELEGD, automated=True, digests={"bewijs": digest}, reason=reason)
    house.register.append(session, said)


def _first_told(session: Session, comment: CommentRow) -> Raw | None:
    """The bytes from which we know the text: what a colleague pasted, or the delivery."""
    if comment.pasted:
        return Raw(PASTED, comment.text.encode())
    delivery = session.get(DeliveryRow, comment.delivery_id) if comment.delivery_id else None
    return Raw(delivery.source, delivery.body, 0, delivery.headers) if delivery else None


def _as_told(house: House, comment: CommentRow, raw: Raw) -> evidence.Capture:
    return evidence.Capture(
        comment_id=comment.id or 0,
        version=comment.version,
        moment=evidence.ARRIVAL,
        at=house.clock.now(),
        raw=raw,
        delivery_id=comment.delivery_id,
        missing=["gelezen bij het platform"],
    )


# ---------------------------------------------------------------- evidence at arrival


def capture_arrival(house: House, run: Run, comment_id: int) -> None:
    """Read the comment, its post and its pictures from the platform as soon as it is flagged."""
    seen = run.step("leg vast", lambda: capture(house, run, comment_id, evidence.ARRIVAL))
    run.transaction("vastgelegd", lambda session: _captured(session, house, comment_id, seen))


def _captured(session: Session, house: House, comment_id: int, seen: Mapping[str, Any]) -> None:
    lock(session)
    comment = session.get_one(CommentRow, comment_id)
    case = session.scalars(sa.select(CaseRow).where(col(CaseRow.comment_id) == comment_id)).one()
    event, about = _what_was_kept(seen)
    house.register.append(session, entry_of(house, case, comment, event, automated=True, **about))
    touch(session, case)
    if seen.get("gone") and _is_news(session, comment, ChangeKind.VERWIJDERD):
        _removed(session, house, case, comment)


def _what_was_kept(seen: Mapping[str, Any]) -> tuple[Event, dict[str, Any]]:
    if not seen["ok"]:
        return Event.VASTLEGGING_MISLUKT, {"code": seen["error"]["code"] or seen["error"]["kind"]}
    reason = "" if seen["complete"] else "onvolledig"
    return Event.VASTGELEGD, {"digests": {"bewijs": str(seen["digest"])}, "reason": reason}


# ---------------------------------------------------------------- what happened elsewhere


def noticed(house: House, run: Run, comment_id: int, kind: str) -> None:
    """A push told that a known comment was removed, hidden or shown: by its author, by somebody in another tool, or
    it is the echo of our own act. Pushes come late and crosswise, so the platform is asked before a card says so.
    """
    told = ChangeKind(kind)
    now = run.step("kijk na", lambda: _look(house, comment_id, told))
    run.transaction("opgemerkt", lambda session: _noticed(session, house, comment_id, told, now))


_HIDES = ("verbergen", "waarschuwen")
"""Decisions that may have hidden the comment."""
_OUR_ACTS = {ChangeKind.VERWIJDERD: DELETE.name, ChangeKind.VERBORGEN: HIDE.name, ChangeKind.ZICHTBAAR: UNHIDE.name}
"""What a push may tell → the act of ours of which it would be the echo."""


def _look(house: House, comment_id: int, told: ChangeKind) -> str:
    """What is true on the platform; empty when nobody waits for it or it cannot be asked."""
    with house.read() as session:
        comment = session.get_one(CommentRow, comment_id)
        if case_of(session, comment_id) is None or not _is_news(session, comment, told):
            return ""
    try:
        return reach(house, comment.platform, comment.account).comment(comment.comment).visibility.value
    except Gone:
        return Visibility.VERWIJDERD.value
    except PlatformError:
        return ""


def _noticed(session: Session, house: House, comment_id: int, told: ChangeKind, now: str) -> None:
    lock(session)
    comment, case = session.get_one(CommentRow, comment_id), case_of(session, comment_id)
    goal = ingest.NOTICES[told]
    if now not in ("", goal.value) or not _is_news(session, comment, told):
        return
    if case is None:
        comment.visibility = Visibility.DOOR_AUTEUR_VERWIJDERD if told is ChangeKind.VERWIJDERD else goal
    elif told is ChangeKind.VERWIJDERD:
        _removed(session, house, case, comment)
    else:
        _hidden_or_shown(session, house, case, comment, goal)


def _is_news(session: Session, comment: CommentRow, told: ChangeKind) -> bool:
    """False for what is known, and for the echo of an act of ours that is under way. Deleting is for ever, so whoever
    tried it once is the one who did it.
    """
    if comment.visibility in (ingest.NOTICES[told], *GONE):
        return False
    ours = sa.select(col(IntentRow.seq)).join(CaseRow, col(CaseRow.id) == col(IntentRow.case_id))
    ours = ours.where(col(CaseRow.comment_id) == comment.id, col(IntentRow.act) == _OUR_ACTS[told])
    if told is not ChangeKind.VERWIJDERD:
        ours = ours.where(col(IntentRow.closed_at).is_(None))
    return session.scalars(ours).first() is None


def _removed(session: Session, house: House, case: CaseRow, comment: CommentRow) -> None:
    """While an act is under way, its outcome ends the case."""
    if case.doing_order is None:
        author_removed(session, house, case, comment)
    else:
        comment.visibility = Visibility.DOOR_AUTEUR_VERWIJDERD.value
        touch(session, case)


def _hidden_or_shown(
    session: Session, house: House, case: CaseRow, comment: CommentRow, visibility: Visibility
) -> None:
    """Somebody used another tool; shown again what was hidden here is for a person to look at."""
    before, hidden = case.state, visibility is Visibility.VERBORGEN
    ours = case.done_word in _HIDES and Marker.ELDERS_VERBORGEN.value not in case.markers
    comment.visibility = visibility.value
    if hidden:
        mark(case, Marker.ELDERS_VERBORGEN)
    else:
        mark(case, off=(Marker.ELDERS_VERBORGEN,))
    if not hidden and case.state == State.AFGEHANDELD and ours:
        open_again(session, house, case)
    event = Event.ELDERS_VERBORGEN if hidden else Event.ELDERS_ZICHTBAAR
    said = entry_of(house, case, comment, event, automated=True, from_state=before, to_state=case.state)
    house.register.append(session, said)
    touch(session, case)
