"""Views: what people see of the cases, read in a few queries and never changed.

Every channel draws from a `CaseView`, and a `CaseView` comes from here, so that all show the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import holidays
import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands.agenda import windows
from commands.case import GRACE
from commands.dossiers import newest_views
from commands.house import House
from commands.strikes import ledgers
from domain.calendar import Cover, due
from domain.categories import Certainty, Urgency
from domain.dossier import DossierView
from domain.messages import Ledger, MessageState, MessageView
from domain.model import (
    Ability,
    Capabilities,
    Capability,
    CaseView,
    Doing,
    Done,
    EvidenceView,
    Flag,
    Planned,
    Trouble,
    Way,
)
from domain.ports import Platform
from domain.settings import WEEKDAYS
from domain.states import Marker, State, Visibility
from storage.paper_tables import MessageRow
from storage.tables import CaseRow, CommentRow, DeadlineRow, EvidenceRow, FlagRow, PostRow

DIGEST_SHOWN = 8
_BY_HAND = frozenset({Ability.HIDE, Ability.UNHIDE, Ability.DELETE})
_PASTED = Capability(Way.MANUEEL, "A colleague pasted this comment: look it up on the platform and do it there.")
_NO_WAY = Capability(Way.GEEN, "A colleague pasted this comment, so nothing can be sent about it.")
PASTED_CAPABILITIES: Capabilities = {each: _PASTED if each in _BY_HAND else _NO_WAY for each in Ability}
"""What can be asked about a comment that no platform told us of."""


@dataclass(slots=True)
class _Around:
    """What stands around some cases, by comment or case id."""

    comments: dict[int, CommentRow]
    flags: Mapping[int, list[FlagRow]]
    evidence: Mapping[int, EvidenceRow]
    complete: Mapping[int, bool]
    posts: Mapping[tuple[str, str], PostRow]
    graces: Mapping[int, DeadlineRow]
    earlier: Mapping[tuple[str, str], list[int]]
    dossiers: Mapping[int, DossierView]
    ledgers: Mapping[int, Ledger]
    messages: Mapping[int, MessageRow]


def views(session: Session, house: House, cases: Sequence[CaseRow]) -> list[CaseView]:
    """These cases, in this order."""
    if not cases:
        return []
    around = _around(session, house, cases)
    cover = cover_of(session, house, since=min(case.opened_at for case in cases))
    return [_view(house, cover, around, case) for case in cases]


def _around(session: Session, house: House, cases: Sequence[CaseRow]) -> _Around:
    ids = [case.comment_id for case in cases]
    comments = {row.id or 0: row for row in session.scalars(sa.select(CommentRow).where(col(CommentRow.id).in_(ids)))}
    evidence = list(
        session.scalars(
            sa.select(EvidenceRow).where(col(EvidenceRow.comment_id).in_(ids)).order_by(col(EvidenceRow.id))
        )
    )
    return _Around(
        comments,
        _flags(session, ids, comments),
        {row.comment_id: row for row in evidence},
        _complete(evidence),
        _posts(session, comments.values()),
        _graces(session, cases),
        _earlier(session, comments.values()),
        newest_views(session, [case.id or 0 for case in cases]),
        ledgers(session, house, list(comments.values())),
        _messages(session, cases),
    )


def _flags(session: Session, ids: Sequence[int], comments: Mapping[int, CommentRow]) -> Mapping[int, list[FlagRow]]:
    found: dict[int, list[FlagRow]] = defaultdict(list)
    rows = session.scalars(
        sa.select(FlagRow)
        .where(col(FlagRow.comment_id).in_(ids), col(FlagRow.state) == "live")
        .order_by(col(FlagRow.id))
    )
    for row in rows:
        if row.version == comments[row.comment_id].version:
            found[row.comment_id].append(row)
    return found


def _complete(evidence: Iterable[EvidenceRow]) -> Mapping[int, bool]:
    """Whether the newest text of a comment was read back from its platform whole, once."""
    whole: dict[int, bool] = {}
    for row in evidence:
        whole[row.comment_id] = whole.get(row.comment_id, False) or not row.missing
    return whole


def _posts(session: Session, comments: Iterable[CommentRow]) -> Mapping[tuple[str, str], PostRow]:
    posts = {row.post for row in comments}
    rows = session.scalars(sa.select(PostRow).where(col(PostRow.post).in_(posts)))
    return {(row.platform, row.post): row for row in rows}


def _graces(session: Session, cases: Sequence[CaseRow]) -> Mapping[int, DeadlineRow]:
    planned = [case.id for case in cases if case.state == State.GEPLAND]
    if not planned:
        return {}
    rows = session.scalars(
        sa.select(DeadlineRow).where(
            col(DeadlineRow.case_id).in_(planned), col(DeadlineRow.kind) == GRACE, col(DeadlineRow.closed_at).is_(None)
        )
    )
    return {row.case_id or 0: row for row in rows}


def _messages(session: Session, cases: Sequence[CaseRow]) -> Mapping[int, MessageRow]:
    """The newest message of each case."""
    mine = sa.select(MessageRow).where(col(MessageRow.case_id).in_([case.id for case in cases]))
    return {row.case_id: row for row in session.scalars(mine.order_by(col(MessageRow.id)))}


def _earlier(session: Session, comments: Iterable[CommentRow]) -> Mapping[tuple[str, str], list[int]]:
    """Case ids of the same authors; authors are never linked across platforms."""
    authors = {row.author_id for row in comments if row.author_id}
    if not authors:
        return {}
    rows = session.execute(
        sa.select(col(CommentRow.platform), col(CommentRow.author_id), col(CaseRow.id))
        .join(CaseRow, col(CaseRow.comment_id) == col(CommentRow.id))
        .where(col(CommentRow.author_id).in_(authors))
    )
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for platform, author, case_id in rows:
        found[platform, str(author)].append(case_id or 0)
    return found


def _view(house: House, cover: Cover, around: _Around, case: CaseRow) -> CaseView:
    comment = around.comments[case.comment_id]
    account = house.account(comment.platform, comment.account)
    platform = house.platform(comment.platform, comment.account)
    post = around.posts.get((comment.platform, comment.post))
    urgency = Urgency(case.urgency)
    clock = due(urgency, case.opened_at, cover, house.settings.numbers.targets)
    same_author = around.earlier.get((comment.platform, comment.author_id or ""), [])
    return CaseView(
        id=case.id or 0,
        number=case.number,
        revision=case.revision,
        state=State(case.state),
        urgency=urgency,
        category=case.category,
        certainty=Certainty(case.certainty),
        platform=comment.platform,
        platform_label=platform.label if platform else comment.platform,
        account=comment.account,
        account_name=account.naam if account else comment.account,
        comment_id=comment.comment,
        permalink=comment.permalink,
        post_title=post.title if post else None,
        post_url=post.permalink if post else None,
        author_name=comment.author_name,
        earlier_cases=sum(1 for each in same_author if each < (case.id or 0)),
        text=comment.text,
        text_version=comment.version,
        personal=_spans(comment.personal),
        flags=tuple(_flag(row) for row in around.flags.get(case.comment_id, [])),
        media=tuple(kind for _, kind in comment.media),
        visibility=Visibility(comment.visibility),
        markers=frozenset(Marker(marker) for marker in case.markers),
        posted_at=comment.posted_at,
        seen_at=case.opened_at,
        decided_at=case.decided_at,
        due_near=clock.near,
        due_at=clock.at,
        due_target_seconds=int(clock.target.total_seconds()),
        capabilities=_capabilities(platform, comment),
        trial=account is not None and account.acties == "uit",
        evidence=_evidence(around, case),
        claimed_by=case.claimed_by,
        claimed_at=case.claimed_at,
        doing=_doing(case),
        done=_done(case),
        trouble=_trouble(case),
        planned=_planned(around, case),
        message=_message(around, case),
        ledger=around.ledgers[case.comment_id],
        dossier=around.dossiers.get(case.id or 0),
        reported_by=case.reported_by,
    )


def _capabilities(platform: Platform | None, comment: CommentRow) -> Capabilities:
    """A comment that a colleague pasted has no address that a platform knows: what can be done, is done by hand."""
    if platform is None:
        return {}
    return PASTED_CAPABILITIES if comment.pasted else platform.capabilities()


def _flag(row: FlagRow) -> Flag:
    return Flag(
        row.rule,
        row.category,
        Urgency(row.urgency),
        Certainty(row.certainty),
        row.state,
        _spans(row.spans),
        row.matched,
        row.fuzzy,
        tuple(row.guards),
    )


def _spans(spans: Iterable[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((span[0], span[1]) for span in spans)


def _evidence(around: _Around, case: CaseRow) -> EvidenceView | None:
    row = around.evidence.get(case.comment_id)
    if row is None:
        return None
    whole = around.complete[case.comment_id]
    return EvidenceView(row.at, row.digest[:DIGEST_SHOWN], whole, () if whole else tuple(row.missing))


def _doing(case: CaseRow) -> Doing | None:
    if case.doing_order is None or case.doing_at is None:
        return None
    return Doing(case.doing_word, case.doing_by, case.doing_at)


def _done(case: CaseRow) -> Done | None:
    if not case.done_word or case.done_at is None:
        return None
    return Done(case.done_word, case.done_by, case.done_at, (case.done_at - case.opened_at).total_seconds())


def _trouble(case: CaseRow) -> Trouble | None:
    told: dict[str, Any] | None = case.trouble
    if told is None:
        return None
    return Trouble(
        command=told["word"],
        by=told["by"],
        at=datetime.fromisoformat(told["at"]),
        msgid=told["msgid"],
        params=told["params"],
        code=told["code"],
        retry_at=datetime.fromisoformat(told["retry_at"]) if told["retry_at"] else None,
        reference=told["reference"],
    )


def _planned(around: _Around, case: CaseRow) -> Planned | None:
    row = around.graces.get(case.id or 0)
    return Planned(row.by, row.set_at, row.due_at, row.seconds) if row else None


def _message(around: _Around, case: CaseRow) -> MessageView | None:
    row = around.messages.get(case.id or 0)
    if row is None:
        return None
    state, trouble = MessageState(row.state), _trouble(case)
    due_at = row.due_at if state is MessageState.GEPLAND else None
    if state is MessageState.MISLUKT and trouble:
        due_at = trouble.retry_at
    head = (row.id or 0, row.template, state, row.number)
    return MessageView(*head, row.by, row.at, due_at, row.settled_at, row.text)


# ---------------------------------------------------------------- cover


def cover_of(session: Session, house: House, since: datetime | None = None) -> Cover:
    """When somebody is at work: the working hours, and confirmed events on top. since: events that ended before may be
    left out.
    """
    return replace(working_hours(house), events=windows(session, since))


def working_hours(house: House) -> Cover:
    """The hours of cover in the settings, with the legal holidays of Belgium and without events."""
    hours = house.settings.hours
    free = frozenset(hours.vrije_dagen)
    return Cover(
        opens=hours.van,
        closes=hours.tot,
        weekdays=frozenset(WEEKDAYS.index(day) for day in hours.werkdagen),
        is_holiday=lambda day: day in free or day in _legal(day.year),
    )


@lru_cache(maxsize=32)
def _legal(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("BE", years=year))
