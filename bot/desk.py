"""The desk of the browser channel over the real house (`bot.browser.desk.Desk`): reads in threads, writes through the
writer, and live news from `bot.live`.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import register_page
from bot.browser.desk import (
    CARDS_MAX,
    PAGE_SIZE,
    Alarm,
    Beat,
    Called,
    Changed,
    Channel,
    CommentRow,
    Health,
    History,
    Looked,
    Page,
    Queue,
    RegisterRow,
    Standing,
    Told,
    Wanted,
)
from bot.live import CaseChanged, IncidentChanged, Live
from bot.parts import Parts
from bot.reach import Reach
from bot.scene import Scene
from bot.texts import N_, catalogue
from commands import drafts, give
from commands.poll import POLL
from commands.views import views
from domain.categories import Urgency, priority
from domain.clock import Clock
from domain.model import Answer, CaseView, Person
from domain.orders import Order
from domain.settings import Account
from domain.states import OPEN, State
from rules.engine import Rules
from storage import people, watch
from storage.call_tables import IncidentRow
from storage.tables import AccountRow, CaseRow, DeadLetterRow, FlagRow, GivenOrderRow, HeartbeatRow
from storage.tables import CommentRow as StoredComment

T = TypeVar("T")
HANDLED_FOR = timedelta(hours=8)
HANDLED_MAX = 30
VERSION = "0.1.0"
SILENT = N_("{check} has been silent since {since}.")
_OPEN = [state.value for state in OPEN]
_LIVING = sa.select(sa.func.count()).select_from(IncidentRow).where(col(IncidentRow.ended_at).is_(None))


class SpokenRules:
    """The words of a ruleset, as cards ask for them (`bot.scene.RuleWords`)."""

    def __init__(self, rules: Rules) -> None:
        self._rules, self._words = rules, rules.words

    def citation(self, category: str) -> str:
        """The sentence of the house rules behind a category."""
        return self._rules.house_rule(category)

    def why(self, rule_id: str) -> str:
        """What a rule looks for."""
        return self._words.get(rule_id, "")


class HouseDesk:
    """What the browser channel asks, answered by the house of this process."""

    def __init__(self, parts: Parts, live: Live, hosts: frozenset[str]) -> None:
        """hosts: Host headers that are us."""
        self._house, self._durable = parts.house, parts.durable
        self._reach = Reach(parts.house, parts.writer)
        self._live, self._hosts = live, hosts
        self._rules, self._words = SpokenRules(parts.rules), catalogue()

    @property
    def hosts(self) -> frozenset[str]:
        """Host headers that are us."""
        return self._hosts

    @property
    def house(self) -> str:
        """Name of the force."""
        return self._house.settings.zone.naam

    @property
    def _clock(self) -> Clock:
        return self._house.clock

    def scene(self, viewer: Person) -> Scene:
        """How cards are drawn for this person, now."""
        settings = self._house.settings
        return Scene(
            viewer=viewer,
            now=self._clock.now(),
            names=self._house.name,
            rules=self._rules,
            words=self._words,
            display=settings.display,
            house_version=settings.zone.huisregels_versie,
            grace_s=settings.numbers.delete_grace_s,
            delay_s=settings.numbers.warn_delay_s,
            linked=bool(settings.zone.huisregels),
            drafts=lambda view, hide: drafts.drafts(self._house, view, hide=hide),
            faults=partial(drafts.faults, self._house),
            explanation=partial(drafts.explanation, self._house),
        )

    # ------------------------------------------------------------ who

    async def open_start_link(self, token: str) -> str | None:
        """A new cookie for a single-use start token."""
        return await self._reach.write(lambda connection: people.open_link(connection, token, self._clock.now()))

    async def who(self, cookie: str) -> Person | None:
        """Whose session this is."""
        found = await self._reach.read(lambda session: people.whose(session.connection(), cookie, self._clock.now()))
        if found is None:
            return None
        person, stale = found
        if stale:
            await self._reach.write(lambda connection: people.seen(connection, cookie, self._clock.now()))
        return self._house.settings.person(person)

    # ------------------------------------------------------------ how things are

    async def standing(self) -> Standing:
        """How things are."""
        return await self._reach.read(self._standing)

    def _standing(self, session: Session) -> Standing:
        channels = [self._channel(session, account) for account in self._house.settings.accounts]
        looked = [each.looked_at for each in channels if each.looked_at]
        opened = session.scalar(sa.select(sa.func.count()).select_from(CaseRow).where(col(CaseRow.state).in_(_OPEN)))
        return Standing(
            open=opened or 0,
            channels=len(channels),
            working=sum(each.ok for each in channels),
            looked_at=min(looked, default=None),
            alarms=tuple(self._alarms(session)),
            incidents=session.scalar(_LIVING) or 0,
        )

    def _alarms(self, session: Session) -> list[Alarm]:
        told = [Alarm(row.msgid, row.params, row.since) for row in watch.alarms(session)]
        known = {row.name for row in watch.alarms(session)}
        return told + [
            Alarm(SILENT, {"check": row.name, "since": row.last_ok}, row.last_ok)
            for row in watch.silent(session, self._clock.now())
            if f"stil:{row.name}" not in known
        ]

    def _channel(self, session: Session, account: Account) -> Channel:
        row = session.get(AccountRow, (account.platform, account.id))
        beat = session.get(HeartbeatRow, f"{POLL}:{account.platform}:{account.id}")
        platform = self._house.platform(account.platform, account.id)
        stopped = row is not None and row.stopped_at is not None
        fresh = beat is not None and not beat.last_error
        note = N_("Stopped (code {code}): renew the token, then restart Nabij.") if stopped else ""
        return Channel(
            label=platform.label if platform else account.platform,
            account=account.naam,
            ok=not stopped and fresh,
            looked_at=beat.last_ok if beat else None,
            trial=account.acties == "uit",
            note=note,
            params={"code": row.stopped_code} if row and stopped else {},
        )

    # ------------------------------------------------------------ cards

    async def cases(self, wanted: Wanted) -> Queue:
        """The cards of the page Kaarten."""
        return await self._reach.read(lambda session: self._queue(session, wanted))

    def _queue(self, session: Session, wanted: Wanted) -> Queue:
        chosen = sa.select(CaseRow).where(col(CaseRow.state).in_(_OPEN))
        if wanted.urgency is not None:
            chosen = chosen.where(col(CaseRow.urgency) == int(wanted.urgency))
        if wanted.mine:
            chosen = chosen.where(col(CaseRow.claimed_by) == wanted.mine)
        rows = session.scalars(
            chosen.order_by(col(CaseRow.urgency).desc(), col(CaseRow.opened_at)).limit(CARDS_MAX)
        ).all()
        opened = sorted(views(session, self._house, rows), key=_pressing)
        return Queue(opened, self._handled(session, wanted), self._counts(session))

    def _handled(self, session: Session, wanted: Wanted) -> list[CaseView]:
        recent = self._clock.now() - HANDLED_FOR
        chosen = sa.select(CaseRow).where(
            col(CaseRow.state).in_([State.GEPLAND.value, State.AFGEHANDELD.value]),
            sa.or_(col(CaseRow.done_at) > recent, col(CaseRow.state) == State.GEPLAND.value),
        )
        if wanted.urgency is not None:
            chosen = chosen.where(col(CaseRow.urgency) == int(wanted.urgency))
        if wanted.mine:
            chosen = chosen.where(col(CaseRow.done_by) == wanted.mine)
        planned_first = sa.case((col(CaseRow.state) == State.GEPLAND.value, 0), else_=1)
        rows = session.scalars(chosen.order_by(planned_first, col(CaseRow.done_at).desc()).limit(HANDLED_MAX)).all()
        return views(session, self._house, rows)

    @staticmethod
    def _counts(session: Session) -> dict[Urgency, int]:
        rows = session.execute(
            sa.select(col(CaseRow.urgency), sa.func.count())
            .where(col(CaseRow.state).in_(_OPEN))
            .group_by(col(CaseRow.urgency))
        )
        return {Urgency(urgency): number for urgency, number in rows}

    async def case(self, case_id: int) -> CaseView | None:
        """One case."""
        return await self._reach.read(lambda session: self._one(session, case_id))

    def _one(self, session: Session, case_id: int) -> CaseView | None:
        row = session.get(CaseRow, case_id)
        return views(session, self._house, [row])[0] if row else None

    # ------------------------------------------------------------ lists

    async def comments(self, search: str, page: int) -> tuple[Page[CommentRow], Sequence[Looked]]:
        """Everything that was read, newest first."""
        return await self._reach.read(lambda session: self._comments(session, search, page))

    def _comments(self, session: Session, search: str, page: int) -> tuple[Page[CommentRow], Sequence[Looked]]:
        wanted = (col(StoredComment.text).icontains(search, autoescape=True),) if search else ()
        total = session.scalar(sa.select(sa.func.count()).select_from(StoredComment).where(*wanted)) or 0
        rows = session.scalars(
            sa.select(StoredComment)
            .where(*wanted)
            .order_by(col(StoredComment.id).desc())
            .limit(PAGE_SIZE)
            .offset((page - 1) * PAGE_SIZE)
        ).all()
        channels = [self._channel(session, account) for account in self._house.settings.accounts]
        looked = [Looked(each.label, each.looked_at) for each in channels]
        return Page(self._comment_rows(session, rows), page, total), looked

    def _comment_rows(self, session: Session, rows: Sequence[StoredComment]) -> list[CommentRow]:
        ids = [row.id for row in rows]
        cases = {
            row.comment_id: row for row in session.scalars(sa.select(CaseRow).where(col(CaseRow.comment_id).in_(ids)))
        }
        flags: dict[tuple[int, int], FlagRow] = {}
        for flag in session.scalars(
            sa.select(FlagRow).where(col(FlagRow.comment_id).in_(ids), col(FlagRow.state) == "live")
        ):
            place = (flag.comment_id, flag.version)
            if place not in flags or _first(flag) < _first(flags[place]):
                flags[place] = flag
        return [self._comment_row(row, cases.get(row.id or 0), flags.get((row.id or 0, row.version))) for row in rows]

    def _comment_row(self, row: StoredComment, case: CaseRow | None, flag: FlagRow | None) -> CommentRow:
        platform = self._house.platform(row.platform, row.account)
        return CommentRow(
            platform=platform.label if platform else row.platform,
            author_name=row.author_name,
            text=row.text,
            personal=tuple((span[0], span[1]) for span in row.personal),
            at=row.posted_at or row.seen_at,
            permalink=row.permalink,
            urgency=Urgency(flag.urgency) if flag else Urgency.GEEN,
            category=flag.category if flag else None,
            case_id=case.id if case else None,
            number=case.number if case else "",
        )

    async def register(self, search: str, page: int, viewer: Person) -> Page[RegisterRow]:
        """Steps in the register, newest first."""
        return await self._reach.read(lambda session: register_page.page(session, self._house, search, page, viewer))

    async def history(self, case_id: int, viewer: Person) -> History | None:
        """Everything that happened with one case."""

        def work(session: Session) -> History | None:
            view = self._one(session, case_id)
            return History(view, register_page.of_case(session, self._house, view.number, viewer)) if view else None

        return await self._reach.read(work)

    async def csv(self, search: str, viewer: Person) -> AsyncIterator[bytes]:
        """The register as CSV; the export is registered before the first byte goes out."""
        await self._reach.write(lambda connection: register_page.note_export(connection, self._house, viewer))
        yield await self._reach.read(lambda session: register_page.csv_of(session, self._house, search, viewer))

    async def health(self) -> Health:
        """What stands on the page Beheer."""
        return await self._reach.read(self._health)

    def _health(self, session: Session) -> Health:
        silent = {row.name for row in watch.silent(session, self._clock.now())}
        beats = [Beat(row.name, row.last_ok, row.name not in silent) for row in watch.heartbeats(session)]
        dead = session.scalar(sa.select(sa.func.count()).select_from(DeadLetterRow)) or 0
        waiting = session.scalar(
            sa.select(sa.func.count()).select_from(GivenOrderRow).where(col(GivenOrderRow.answered_at).is_(None))
        )
        channels = [self._channel(session, account) for account in self._house.settings.accounts]
        return Health(channels, beats, dead, waiting or 0, self._house.flagger.ruleset, VERSION)

    # ------------------------------------------------------------ orders

    async def give(self, order: Order, key: str) -> None:
        """Store an order; stored when this returns."""
        await self._reach.write(lambda connection: give.give(self._house, self._durable, connection, order, key))
        self._live.expect(key, order.by)

    async def answer(self, key: str, timeout: float) -> Answer | None:  # noqa: ASYNC109 - part of the question
        """The answer to an order."""
        return await self._live.answer(key, timeout)

    async def changes(self) -> AsyncGenerator[Changed | Called | Told, None]:
        """Changes and answers from now on."""
        async with aclosing(self._live.watch()) as stream:
            async for news in stream:
                if isinstance(news, CaseChanged):
                    yield Changed(news.case_id, news.revision)
                elif isinstance(news, IncidentChanged):
                    yield Called(news.incident_id)
                else:
                    yield Told(news.by, news.key, news.answer)


def _pressing(view: CaseView) -> tuple[Any, ...]:
    return (-view.urgency, view.due_at, view.id)


def _first(flag: FlagRow) -> tuple[int, int]:
    return priority(flag.category, Urgency(flag.urgency))
