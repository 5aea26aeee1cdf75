"""Intake: flagged comments become cases, edited comments are judged again, and what happened elsewhere is noticed.

Runs as a workflow per delivery, after ingest committed: one transaction opens the cases (so that the cards are there at
once), then each new text gets a workflow of its own that captures the evidence.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from commands.capture import capture
from commands.case import close_deadlines, entry_of, live_flags, touch
from commands.house import House
from domain.categories import Urgency, priority
from domain.clock import local
from domain.model import ChangeKind, Raw
from domain.states import Marker, State, Visibility
from storage import evidence
from storage.database import count
from storage.durable import WORK, Run
from storage.register_entry import Entry, Event
from storage.tables import CaseRow, CommentRow, DeliveryRow, FlagRow, IntentRow, TextVersionRow

CAPTURE = "vastleggen"


def intake(house: House, run: Run, comments: Sequence[Sequence[int]]) -> None:
    """Open or renew the case of each [comment row id, version]."""
    run.transaction("open gevallen", lambda session: _open_all(session, house, run, comments))


def _open_all(session: Session, house: House, run: Run, comments: Sequence[Sequence[int]]) -> int:
    return sum(_open(session, house, run, comment_id, version) for comment_id, version in comments)


def _open(session: Session, house: House, run: Run, comment_id: int, version: int) -> bool:
    comment = session.get_one(CommentRow, comment_id)
    if comment.version != version:
        return False  # an even newer text is on its way, with an intake of its own
    flags = [flag for flag in live_flags(session, comment) if flag.urgency > Urgency.GEEN]
    case = session.scalars(sa.select(CaseRow).where(CaseRow.comment_id == comment_id)).first()  # type: ignore[arg-type]
    if case is None and not flags:
        return False
    if case is None:
        case = _new_case(session, house, comment, flags)
    else:
        _judge_again(session, house, case, comment, flags)
    _keep_first_proof(session, house, case, comment)
    run.start(session, WORK, CAPTURE, f"{CAPTURE}:{comment_id}:{version}", comment_id)
    return True


def _new_case(session: Session, house: House, comment: CommentRow, flags: Sequence[FlagRow]) -> CaseRow:
    year = local(comment.seen_at).year
    first = _most_urgent(flags)
    case = CaseRow(
        number=f"NB-{year}-{count(session, f'geval-{year}'):06d}",
        comment_id=comment.id or 0,
        state=State.NIEUW.value,
        category=first.category,
        urgency=first.urgency,
        certainty=first.certainty,
        opened_at=comment.seen_at,
        markers=[Marker.BEVAT_BEELD.value] if comment.media else [],
    )
    session.add(case)
    case.changed = count(session, "changed")
    session.flush()
    house.register.append(session, _flagged(house, case, comment, flags))
    return case


def _judge_again(session: Session, house: House, case: CaseRow, comment: CommentRow, flags: Sequence[FlagRow]) -> None:
    """The author changed the text: what was decided on the old one no longer stands by itself."""
    before = case.state
    case.markers = sorted({*case.markers, Marker.AANGEPAST.value})
    if flags:
        first = _most_urgent(flags)
        case.category, case.urgency, case.certainty = first.category, first.urgency, first.certainty
    if case.state == State.GEPLAND or (case.state == State.AFGEHANDELD and flags):
        close_deadlines(session, house, case)
        case.state = State.HEROPEND.value
    changed = entry_of(
        house, case, comment, Event.TEKST_GEWIJZIGD, automated=True, from_state=before, to_state=case.state
    )
    house.register.append(session, changed)
    if flags:
        house.register.append(session, _flagged(house, case, comment, flags))
    touch(session, case)


def _flagged(house: House, case: CaseRow, comment: CommentRow, flags: Sequence[FlagRow]) -> Entry:
    rules = tuple(sorted({flag.rule for flag in flags}))
    return entry_of(
        house,
        case,
        comment,
        Event.GEMARKEERD,
        automated=True,
        rules=rules,
        ruleset=flags[0].ruleset,
        to_state=case.state,
    )


def _most_urgent(flags: Sequence[FlagRow]) -> FlagRow:
    return min(flags, key=lambda flag: priority(flag.category, Urgency(flag.urgency)))


def _keep_first_proof(session: Session, house: House, case: CaseRow, comment: CommentRow) -> None:
    """The text, and the delivery that brought it, are proof before anything was asked of the platform."""
    if session.get(TextVersionRow, (comment.id, comment.version)) is None:
        session.add(
            TextVersionRow(
                comment_id=comment.id or 0,
                version=comment.version,
                text=comment.text,
                hash=comment.hash,
                seen_at=comment.seen_at,
                delivery_id=comment.delivery_id,
            )
        )
    delivery = session.get(DeliveryRow, comment.delivery_id) if comment.delivery_id else None
    if delivery is None:
        return
    _, digest = evidence.keep(session, _from_delivery(house, comment, delivery))
    said = entry_of(
        house, case, comment, Event.VASTGELEGD, automated=True, digests={"bewijs": digest}, reason="levering"
    )
    house.register.append(session, said)


def _from_delivery(house: House, comment: CommentRow, delivery: DeliveryRow) -> evidence.Capture:
    return evidence.Capture(
        comment_id=comment.id or 0,
        version=comment.version,
        moment=evidence.ARRIVAL,
        at=house.clock.now(),
        raw=Raw(delivery.source, delivery.body, 0, delivery.headers),
        delivery_id=delivery.id,
        missing=["gelezen bij het platform"],
    )


# ---------------------------------------------------------------- evidence at arrival


def capture_arrival(house: House, run: Run, comment_id: int) -> None:
    """Read the comment, its post and its pictures from the platform as soon as it is flagged."""
    seen = run.step("leg vast", lambda: capture(house, run, comment_id, evidence.ARRIVAL))
    run.transaction("vastgelegd", lambda session: _captured(session, house, comment_id, seen))


def _captured(session: Session, house: House, comment_id: int, seen: dict[str, object]) -> None:
    comment = session.get_one(CommentRow, comment_id)
    case = session.scalars(sa.select(CaseRow).where(CaseRow.comment_id == comment_id)).one()  # type: ignore[arg-type]
    if not seen["ok"]:
        error = seen["error"]
        code = error["code"] or error["kind"]  # type: ignore[index]  # plain data of capture
        said = entry_of(house, case, comment, Event.VASTLEGGING_MISLUKT, automated=True, code=code)
        house.register.append(session, said)
    else:
        kept = entry_of(
            house,
            case,
            comment,
            Event.VASTGELEGD,
            automated=True,
            digests={"bewijs": str(seen["digest"])},
            reason="" if seen["complete"] else "onvolledig",
        )
        house.register.append(session, kept)
    touch(session, case)


# ---------------------------------------------------------------- what happened elsewhere


def noticed(house: House, run: Run, comment_id: int, kind: str) -> None:
    """A push told that a known comment was removed, hidden or shown: by its author, by somebody in another tool, or
    it is the echo of our own act.
    """
    run.transaction("opgemerkt", lambda session: _noticed(session, house, comment_id, ChangeKind(kind)))


_EXPECTED = {
    ChangeKind.VERWIJDERD: (Visibility.VERWIJDERD, "delete"),
    ChangeKind.VERBORGEN: (Visibility.VERBORGEN, "hide"),
    ChangeKind.ZICHTBAAR: (Visibility.ZICHTBAAR, "unhide"),
}


def _noticed(session: Session, house: House, comment_id: int, kind: ChangeKind) -> None:
    comment = session.get_one(CommentRow, comment_id)
    goal, act = _EXPECTED[kind]
    if comment.visibility == goal or _gone(comment) or _ours(session, comment_id, act):
        return
    comment.visibility = (Visibility.DOOR_AUTEUR_VERWIJDERD if kind is ChangeKind.VERWIJDERD else goal).value
    case = session.scalars(sa.select(CaseRow).where(CaseRow.comment_id == comment_id)).first()  # type: ignore[arg-type]
    if case is not None:
        _tell(session, house, case, comment, kind)


def _gone(comment: CommentRow) -> bool:
    return comment.visibility in (Visibility.VERWIJDERD, Visibility.DOOR_AUTEUR_VERWIJDERD)


def _ours(session: Session, comment_id: int, act: str) -> bool:
    """True while an act of ours is under way that would look just like this."""
    wanted = (
        sa.select(IntentRow)
        .join(CaseRow, CaseRow.id == IntentRow.case_id)
        .where(  # type: ignore[arg-type]
            CaseRow.comment_id == comment_id,
            IntentRow.act == act,
            IntentRow.closed_at.is_(None),  # type: ignore[arg-type,union-attr]
        )
    )
    return session.scalars(wanted).first() is not None


def _tell(session: Session, house: House, case: CaseRow, comment: CommentRow, kind: ChangeKind) -> None:
    before = case.state
    event = {
        ChangeKind.VERWIJDERD: Event.AUTEUR_VERWIJDERD,
        ChangeKind.VERBORGEN: Event.ELDERS_VERBORGEN,
        ChangeKind.ZICHTBAAR: Event.ELDERS_ZICHTBAAR,
    }[kind]
    if kind is ChangeKind.VERWIJDERD:
        case.markers = sorted({*case.markers, Marker.AUTEUR_VERWIJDERD.value})
        if case.doing_order is None:
            close_deadlines(session, house, case)
            case.state = State.AFGEHANDELD.value
    elif kind is ChangeKind.VERBORGEN:
        case.markers = sorted({*case.markers, Marker.ELDERS_VERBORGEN.value})
    else:
        case.markers = sorted(set(case.markers) - {Marker.ELDERS_VERBORGEN.value})
        if case.state == State.AFGEHANDELD and case.done_word == "verbergen":
            case.state = State.HEROPEND.value
    said = entry_of(house, case, comment, event, automated=True, from_state=before, to_state=case.state)
    house.register.append(session, said)
    touch(session, case)
