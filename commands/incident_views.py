"""Incidents as people see them: read in a few queries, never changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands.agenda import events
from commands.calls import planned
from commands.house import House
from domain.categories import Urgency
from domain.clock import local
from domain.events import EventView
from domain.incidents import WINDOW, Called, CaseLine, IncidentKind, IncidentState, IncidentView
from domain.states import OPEN
from domain.text import mask_spans
from storage.call_tables import IncidentCaseRow, IncidentRow, NoticeRow
from storage.tables import CaseRow, CommentRow, PostRow

_EXCERPT = 300
_Pair = tuple[CaseRow, CommentRow]


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around some incidents, by incident id."""

    cases: Mapping[int, list[_Pair]]
    notices: Mapping[int, list[NoticeRow]]
    joined: Mapping[int, datetime]
    events: Mapping[int, EventView]


def incident_views(session: Session, house: House, rows: Sequence[IncidentRow]) -> list[IncidentView]:
    """These incidents, in this order."""
    if not rows:
        return []
    around = _around(session, [row.id or 0 for row in rows])
    return [_view(session, house, around, row) for row in rows]


def _around(session: Session, ids: Sequence[int]) -> _Around:
    cases: dict[int, list[_Pair]] = defaultdict(list)
    joined: dict[int, datetime] = {}
    pairs = session.execute(
        sa.select(IncidentCaseRow, CaseRow, CommentRow)
        .join(CaseRow, col(CaseRow.id) == col(IncidentCaseRow.case_id))
        .join(CommentRow, col(CommentRow.id) == col(CaseRow.comment_id))
        .where(col(IncidentCaseRow.incident_id).in_(ids))
        .order_by(col(CaseRow.id).desc())
    )
    for link, case, comment in pairs:
        cases[link.incident_id].append((case, comment))
        joined[link.incident_id] = max(joined.get(link.incident_id, link.joined_at), link.joined_at)
    notices: dict[int, list[NoticeRow]] = defaultdict(list)
    wanted = sa.select(NoticeRow).where(col(NoticeRow.incident_id).in_(ids)).order_by(col(NoticeRow.id))
    for row in session.scalars(wanted):
        notices[row.incident_id or 0].append(row)
    return _Around(cases, notices, joined, {event.id: event for event in events(session)})


def _view(session: Session, house: House, around: _Around, row: IncidentRow) -> IncidentView:
    pairs = around.cases.get(row.id or 0, [])
    notices = around.notices.get(row.id or 0, [])
    event, day, days = _event(row, around.events.get(row.event_id or 0))
    post = session.get(PostRow, (row.platform, row.post))
    next_call = planned(row)
    moments = (row.opened_at, row.by_at, row.ended_at, around.joined.get(row.id or 0), *(each.at for each in notices))
    return IncidentView(
        id=row.id or 0,
        kind=IncidentKind(row.kind),
        state=IncidentState(row.state),
        urgency=Urgency(row.urgency),
        platform=row.platform,
        what=_what(house, row, post),
        url=post.permalink if post else next((comment.permalink for _, comment in reversed(pairs)), None),
        event=event,
        event_day=day,
        event_days=days,
        opened_at=row.opened_at,
        changed_at=max(moment for moment in moments if moment is not None),
        cases=tuple(_line(house, case, comment) for case, comment in pairs),
        categories=Counter(case.category for case, _ in pairs),
        count_10=_count(session, row, house.clock.now()),
        busy=_busy(case for case, _ in pairs),
        called=tuple(Called(each.who, each.step, each.at, each.state) for each in notices),
        by=row.by,
        by_at=row.by_at,
        until=row.until,
        next_at=next_call[0] if next_call else None,
        next_who=next_call[1] if next_call else (),
        blind_since=row.blind_since,
        ended_at=row.ended_at,
        revision=row.changed,
    )


def _what(house: House, row: IncidentRow, post: PostRow | None) -> str:
    platform, account = house.platform(row.platform, row.account), house.account(row.platform, row.account)
    label = platform.label if platform else row.platform
    title = (account.naam if account else row.account) if row.kind == IncidentKind.BLIND else post.title if post else ""
    return f"{label} · {title}" if title else label


def _event(row: IncidentRow, event: EventView | None) -> tuple[str, int, int]:
    """Name of the event it began in, which day of it, and of how many."""
    return (event.name, event.day_of(row.opened_at), event.days or _days(event)) if event else ("", 0, 0)


def _days(event: EventView) -> int:
    return (local(event.end).date() - local(event.start).date()).days + 1


def _line(house: House, case: CaseRow, comment: CommentRow) -> CaseLine:
    return CaseLine(
        case_id=case.id or 0,
        number=case.number,
        category=case.category,
        urgency=Urgency(case.urgency),
        opened_at=case.opened_at,
        open=case.state in OPEN,
        excerpt=_excerpt(house, case, comment),
    )


def _excerpt(house: House, case: CaseRow, comment: CommentRow) -> str:
    """Nothing of a text that is masked on its card."""
    display = house.settings.display
    if display.tekst_in_chat != "vol" or case.urgency >= Urgency.of(display.masker_vanaf):
        return ""
    return mask_spans(comment.text, comment.personal)[:_EXCERPT]


def _count(session: Session, row: IncidentRow, now: datetime) -> int:
    """Comments of citizens under this post in the last ten minutes."""
    if not row.post:
        return 0
    at = sa.func.coalesce(col(CommentRow.posted_at), col(CommentRow.seen_at))
    wanted = sa.select(sa.func.count()).select_from(CommentRow)
    wanted = wanted.where(col(CommentRow.platform) == row.platform, col(CommentRow.post) == row.post)
    return session.scalar(wanted.where(at > now - WINDOW, at <= now, col(CommentRow.own).is_(False))) or 0


def _busy(cases: Iterable[CaseRow]) -> tuple[str, ...]:
    """Who works on its cases."""
    found = (who for case in cases if case.state in OPEN for who in (case.claimed_by, case.doing_by) if who)
    return tuple(dict.fromkeys(found))
