"""Figures: what a report says, read out of register, cases and comments. Never out of texts, which may be erased, and
nowhere per person.

A total counts what happened in the period: comments by when they were first read, cases by when they were opened, acts
by when they worked. How fast it went is asked of the cases opened in the period, with all that came of them until now,
because whoever stops at the end of the period never counts what was posted on its last evening.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands.house import House
from commands.observed import Account, in_use, share, stretches
from commands.views import cover_of
from domain.calendar import Cover, Window
from domain.categories import CATEGORIES, Urgency
from domain.clock import at_wall, local
from domain.digests import (
    DAYS,
    TOTALS,
    AccountCoverage,
    Digest,
    DigestKind,
    OpenWork,
    Period,
    PostFigures,
    Span,
)
from domain.dossier import DossierState
from domain.events import EventState
from domain.messages import SENT, WARNINGS
from domain.states import OPEN, Marker, State
from storage.call_tables import EventRow, IncidentRow
from storage.paper_tables import DossierRow, MessageRow
from storage.register import ENTRY
from storage.register_entry import Event, Result, decode
from storage.tables import AccountRow, CaseRow, CommentRow, IntentRow, PostRow

MOST = 5
"""Posts that are named."""
_BREACHES = [key for key, row in CATEGORIES.items() if row.breach]
_LEFT = ("laten_staan", "fout_gemarkeerd")
_BY_HAND = {"verbergen": "verborgen", "verwijderen": "verwijderd"}
_ONE_DAY = timedelta(days=1)


def digest(session: Session, house: House, period: Period, previous: Mapping[str, int | None]) -> Digest:
    """The figures of a period, as known now. previous: totals of the week before; empty when nothing is compared."""
    window = period.window
    cover = cover_of(session, house, since=window.start)
    cases = _cases(session, window)
    breaches = [case for case in cases if case.breach]
    coverage = _coverage(session, house, Window(window.start, min(window.end, house.clock.now())))
    shares = [each.share for each in coverage if each.share is not None]
    return Digest(
        kind=period.kind,
        key=period.key,
        start=period.start,
        end=period.end,
        made_at=house.clock.now(),
        totals=totals(session, house, window),
        previous={**dict.fromkeys(TOTALS), **previous},
        to_action=_spans(cover, cases, lambda case: case.to_action),
        visible=_spans(cover, cases, lambda case: case.visible),
        categories=dict(Counter(case.category for case in breaches)),
        posts=_posts(session, window, breaches),
        work=_work(session),
        coverage=coverage,
        observed=sum(shares) / len(shares) if shares else None,
        days=_days(session, house, window) if period.kind is DigestKind.WEEKOVERZICHT else {},
        events=tuple(row.name for row in _events(session, _told_of(period))),
    )


def totals(session: Session, house: House, window: Window) -> dict[str, int | None]:
    """Key of TOTALS → figure. None when there is nothing and nobody looked either: then nobody knows."""
    done = Counter(what for _, what in _acts(session, window))
    counted = {
        "gelezen": _count(session, _read_in(window)),
        "gemarkeerd": _count(session, *_in(col(CaseRow.opened_at), window), col(CaseRow.category).in_(_BREACHES)),
        **{key: done[key] for key in DAYS},
        "gewaarschuwd": _count(session, *_warned(window)),
        "dossiers": _count(session, *_in(col(DossierRow.made_at), window)),
        "alarmen": _count(session, *_in(col(IncidentRow.opened_at), window)),
    }
    looked = any(stretches(session, _accounts(house), window).values())
    return {key: _known(counted[key], looked=looked) for key in TOTALS}


def _known(number: int, *, looked: bool) -> int | None:
    return number if number or looked else None


def _count(session: Session, *conditions: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count()).where(*conditions)) or 0


def _in(moment: Any, window: Window) -> tuple[sa.ColumnElement[bool], ...]:  # noqa: ANN401 - a column
    return moment >= window.start, moment < window.end


def _read_in(window: Window) -> sa.ColumnElement[bool]:
    """What was written before the account came in use was fetched later by hand, and is nobody's work of the week."""
    of_account = (
        col(AccountRow.platform) == col(CommentRow.platform),
        col(AccountRow.account) == col(CommentRow.account),
        sa.or_(col(CommentRow.posted_at).is_(None), col(CommentRow.posted_at) >= col(AccountRow.since)),
    )
    return sa.and_(*_in(col(CommentRow.seen_at), window), ~col(CommentRow.own), *of_account)


def _warned(window: Window) -> tuple[sa.ColumnElement[bool], ...]:
    sent = col(MessageRow.state).in_([state.value for state in SENT])
    return *_in(col(MessageRow.settled_at), window), sent, col(MessageRow.template).in_(WARNINGS)


# ---------------------------------------------------------------- what was done


def _lines(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Lines of the register about acts, oldest first. act: what the platform was asked, None for a decision."""
    act = IntentRow.__table__.c.act  # type: ignore[attr-defined]  # SQLModel adds it
    return (
        sa.select(ENTRY.c.at, ENTRY.c.event, ENTRY.c.action, ENTRY.c.case_number, ENTRY.c.body, act)
        .outerjoin(IntentRow, col(IntentRow.seq) == ENTRY.c.answers)
        .where(ENTRY.c.event.in_([Event.UITKOMST, Event.MANUEEL, Event.BESLIST]), *conditions)
        .order_by(ENTRY.c.seq)
    )


def _acts(session: Session, window: Window) -> list[tuple[datetime, str]]:
    """(when, key of DAYS) of everything that worked in a window."""
    rows = session.execute(_lines(*_in(ENTRY.c.at, window))).all()
    return [(row.at, what) for row in rows if (what := _what(row))]


def _what(row: Any) -> str:  # noqa: ANN401 - a row of _lines
    """Key of DAYS. Hiding before a deletion is a part of the deletion, which counts when it was carried out."""
    if row.event == Event.BESLIST:
        return "laten_staan" if row.action in _LEFT else ""
    gone = _gone(row)
    return "" if gone == "verborgen" and row.action == "verwijderen" else gone


def _gone(row: Any) -> str:  # noqa: ANN401 - a row of _lines
    """`verborgen` or `verwijderd` when the comment could not be seen any more after this; else empty."""
    if row.event == Event.MANUEEL:
        return _BY_HAND.get(row.action, "")
    asked = {"hide": "verborgen", "delete": "verwijderd"}.get(row.act or "", "")
    return asked if asked and decode(row.body)["uitkomst"] == Result.GELUKT else ""


def _days(session: Session, house: House, window: Window) -> dict[str, dict[str, int | None]]:
    """Local date → key of DAYS → figure."""
    done = Counter((local(at).date(), what) for at, what in _acts(session, window))
    days: dict[str, dict[str, int | None]] = {}
    for day in _dates(window):
        whole = Window(at_wall(day, time.min), at_wall(day + _ONE_DAY, time.min))
        looked = any(stretches(session, _accounts(house), whole).values())
        days[day.isoformat()] = {key: _known(done[day, key], looked=looked) for key in DAYS}
    return days


def _dates(window: Window) -> list[date]:
    first, last = local(window.start).date(), local(window.end).date()
    return [first + ahead * _ONE_DAY for ahead in range((last - first).days)]


# ---------------------------------------------------------------- cases of the period


@dataclass(frozen=True, slots=True)
class _Case:
    """One case opened in the period. to_action, visible: seconds, None while it did not come so far."""

    category: str
    place: tuple[str, str]
    opened_at: datetime
    to_action: float | None
    visible: float | None

    @property
    def breach(self) -> bool:
        return self.category in _BREACHES


def _cases(session: Session, window: Window) -> list[_Case]:
    opened = _in(col(CaseRow.opened_at), window)
    gone: dict[str, datetime] = {}
    numbers = sa.select(col(CaseRow.number)).where(*opened)
    for line in session.execute(_lines(ENTRY.c.case_number.in_(numbers))):
        if _gone(line):
            gone.setdefault(line.case_number, line.at)
    rows = session.execute(
        sa.select(CaseRow, col(CommentRow.platform), col(CommentRow.post), col(CommentRow.posted_at))
        .join(CommentRow, col(CommentRow.id) == col(CaseRow.comment_id))
        .where(*opened)
    )
    return [_case(case, (platform, post), posted, gone.get(case.number)) for case, platform, post, posted in rows]


def _case(case: CaseRow, place: tuple[str, str], posted: datetime | None, gone: datetime | None) -> _Case:
    decided = None if _ended_by_author(case) else case.decided_at
    action, seen = _between(case.opened_at, decided), _between(posted or case.opened_at, gone)
    return _Case(case.category, place, case.opened_at, action, seen)


def _ended_by_author(case: CaseRow) -> bool:
    """Nobody decided: the author took the comment away first."""
    return case.done_word == Marker.AUTEUR_VERWIJDERD and case.decided_at == case.done_at


def _between(start: datetime, end: datetime | None) -> float | None:
    """Seconds; a platform whose clock is ahead of ours makes no time run backwards."""
    return None if end is None else max(0.0, (end - start).total_seconds())


def _spans(cover: Cover, cases: Iterable[_Case], of: Any) -> dict[str, Span]:  # noqa: ANN401 - an attribute of _Case
    """`binnen` and `buiten` cover, by the moment at which a case was opened."""
    found: dict[bool, list[float]] = {True: [], False: []}
    for case in cases:
        if (seconds := of(case)) is not None:
            found[cover.covers(case.opened_at)].append(seconds)
    return {"binnen": Span.of(found[True]), "buiten": Span.of(found[False])}


def _posts(session: Session, window: Window, breaches: Sequence[_Case]) -> tuple[PostFigures, ...]:
    """Own posts with breaches, most first, then in the order in which it began."""
    most = Counter(case.place for case in sorted(breaches, key=lambda case: case.opened_at)).most_common(MOST)
    return tuple(_post(session, window, place, number) for place, number in most)


def _post(session: Session, window: Window, place: tuple[str, str], breaches: int) -> PostFigures:
    row = session.get(PostRow, place)
    here = (col(CommentRow.platform) == place[0], col(CommentRow.post) == place[1])
    comments = _count(session, *here, _read_in(window))
    return PostFigures(row.title if row else "", row.permalink if row else None, breaches, comments)


# ---------------------------------------------------------------- how it stands


def _work(session: Session) -> OpenWork:
    states = [state.value for state in OPEN]
    waiting = (col(CaseRow.state).in_(states),)
    by_urgency = session.execute(
        sa.select(col(CaseRow.urgency), sa.func.count()).where(*waiting).group_by(col(CaseRow.urgency))
    )
    return OpenWork(
        open={Urgency(urgency).key: number for urgency, number in by_urgency},
        oldest=session.scalar(sa.select(sa.func.min(col(CaseRow.opened_at))).where(*waiting)),
        grace=_count(session, col(CaseRow.state) == State.GEPLAND.value),
        concepts=_count(session, col(DossierRow.state) == DossierState.CONCEPT.value),
        failed=_count(session, col(CaseRow.state) == State.MISLUKT.value),
    )


def _accounts(house: House) -> list[Account]:
    return [(each.platform, each.id) for each in house.settings.accounts]


def _coverage(session: Session, house: House, window: Window) -> tuple[AccountCoverage, ...]:
    shares = share(session, _accounts(house), window)
    began = {account: since for account, since in in_use(session).items() if window.start < since < window.end}
    return tuple(
        AccountCoverage(_label(house, *account), each.naam, shares[account], began.get(account))
        for each, account in zip(house.settings.accounts, _accounts(house), strict=True)
    )


def _label(house: House, platform: str, account: str) -> str:
    found = house.platform(platform, account)
    return found.label if found else platform


def _told_of(period: Period) -> Window:
    """For a start of the day the events of this day, for a week those of the week."""
    if period.kind is DigestKind.WEEKOVERZICHT:
        return period.window
    today = local(period.end).date()
    return Window(at_wall(today, time.min), at_wall(today + _ONE_DAY, time.min))


def _events(session: Session, window: Window) -> list[EventRow]:
    """Confirmed events that run in a window, in order."""
    return list(
        session.scalars(
            sa.select(EventRow)
            .where(
                col(EventRow.state) == EventState.BEVESTIGD.value,
                col(EventRow.starts_at) < window.end,
                col(EventRow.ends_at) > window.start,
            )
            .order_by(col(EventRow.starts_at), col(EventRow.id))
        )
    )
