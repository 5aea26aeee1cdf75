"""*Melding*: a colleague saw something bad. What Nabij knows becomes a card, or is opened again; what it does not know
may be pasted. Outside the working hours whoever is on call gets one letter, and nobody else.

    find it ─▶ known, no case ──────────────────────▶ a case
               known, left standing ────────────────▶ open again
               known, being decided or decided ─────▶ marked as reported
               unknown, text pasted ─▶ a comment ───▶ a case, to be acted on by hand
               unknown, no text ─────▶ asked for the text
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands import notices
from commands.case import entry_of, live_flags, open_again, touch
from commands.finding import PASTED, Link, find, link_of, pasted_before
from commands.house import House
from commands.ingest import flag_values, spans_of
from commands.intake import BY_COLLEAGUE, Reported, case_of, open_case
from commands.plain import Asked, by_order, perform
from commands.roster import MODERATION, reachable
from commands.views import working_hours
from domain.categories import CATEGORIES, Certainty, Urgency, priority
from domain.errors import BadInput, NotPossible
from domain.model import Answer
from domain.orders import Report
from domain.settings import VANGNET, Account
from domain.states import GONE, State
from domain.text import clean, text_hash
from storage.database import count
from storage.durable import Run
from storage.register_entry import Event
from storage.tables import CaseRow, CommentRow, FlagRow, GivenOrderRow

TEXT_MAX = 10_000
"""Code points of a pasted text."""
LEFT = ("laten_staan", "fout_gemarkeerd")
NOTHING_FITS = "grof_onfatsoen"
"""The category when neither the colleague nor a rule names one."""
_SETTLED = (State.AFGEHANDELD, State.GEPLAND)


def report(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Report` order."""
    found = run.step("zoek", lambda: _look(house, order_id))
    run.transaction("meld", lambda session: _report(session, house, run, order_id, found))


def _look(house: House, order_id: int) -> int:
    """Row id of the stored comment, 0 when there is none. Searching takes a while, so it is done before the lock."""
    with house.read() as session:
        link = link_of(str(session.get_one(GivenOrderRow, order_id).data["link"]))
        return find(session, link, among=[each.platform for each in house.settings.accounts]) if link else 0


def _report(session: Session, house: House, run: Run, order_id: int, found: int) -> None:
    def work(session: Session, house: House, asked: Asked[Report]) -> Answer:
        return _TakingIn(session, house, run, asked).answer(found)

    perform(session, house, order_id, work)
    given = session.get_one(GivenOrderRow, order_id)
    given.data = {**given.data, "text": ""}  # what a citizen wrote stands with its comment, where erasure finds it


@dataclass(frozen=True, slots=True)
class _TakingIn:
    """One report being taken in, inside a transaction."""

    session: Session
    house: House
    run: Run
    asked: Asked[Report]

    def answer(self, found: int) -> Answer:
        """Do it. found: row id of the comment, 0 when Nabij does not know it."""
        comment = self.session.get_one(CommentRow, found) if found else self._pasted()
        if comment.own:
            raise NotPossible("This was written by the account itself, so there is nothing to decide.")
        case = case_of(self.session, comment.id or 0)
        return self._first(comment) if case is None else self._again(comment, case)

    # ------------------------------------------------------------ a comment that nobody told us of

    def _pasted(self) -> CommentRow:
        """The comment that holds the pasted text; the one that is there when a colleague pasted it before."""
        order = self.asked.order
        text, link = clean(order.text).strip(), link_of(order.link)
        if len(text) > TEXT_MAX:
            raise BadInput("Paste at most {n} characters.", n=TEXT_MAX)
        if not text and link is None:
            raise BadInput("Give the address of the comment, or paste its text.")
        if not text:
            raise NotPossible("Nabij does not know this comment. Paste its text as well, then a person looks at it.")
        account = _account_of(self.house, link)
        known = pasted_before(self.session, account.platform, link, text)
        return known or self._stored(account, link, text)

    def _stored(self, account: Account, link: Link | None, text: str) -> CommentRow:
        judged = self.house.flagger.judge(text)
        row = CommentRow(
            platform=account.platform,
            account=account.id,
            comment=f"{PASTED}-{count(self.session, PASTED)}",
            post="",
            text=text,
            hash=text_hash(text),
            personal=spans_of(judged.personal),
            permalink=link.secure if link else None,
            seen_at=self.house.clock.now(),
            pasted=True,
        )
        self.session.add(row)
        self.session.flush()
        for flag in judged.flags:
            self._flag(row, flag_values(flag))
        return row

    def _flag(self, comment: CommentRow, values: dict[str, Any]) -> None:
        about: dict[str, Any] = {"comment_id": comment.id, "version": comment.version}
        ruleset, now = self.house.flagger.ruleset, self.house.clock.now()
        self.session.add(FlagRow(ruleset=ruleset, at=now, **about, **values))
        self.session.flush()

    # ------------------------------------------------------------ a case, new or known

    def _first(self, comment: CommentRow) -> Answer:
        category = _category(self.asked.order, live_flags(self.session, comment))
        self._flag(comment, _seen_by_colleague(category))
        order, now = self.asked.order, self.house.clock.now()
        by = Reported(order.by, now, {**by_order(self.asked), "automated": False, "reason": order.word})
        open_case(self.session, self.house, self.run, comment.id or 0, comment.version, report=by)
        case = self.session.scalars(sa.select(CaseRow).where(col(CaseRow.comment_id) == comment.id)).one()
        return self._called(case) or Answer(True, "Reported: card {number}.", {"number": case.number})

    def _again(self, comment: CommentRow, case: CaseRow) -> Answer:
        """It is marked; what was left standing is looked at again."""
        before, reopened = case.state, _was_left(case, comment)
        case.reported_by = case.reported_by or self.asked.order.by
        if reopened:
            open_again(self.session, self.house, case)
            for flag in live_flags(self.session, comment):
                flag.verdict = ""
        touch(self.session, case)
        event = Event.HEROPEND if reopened else Event.GEMARKEERD
        said = {**by_order(self.asked), "reason": self.asked.order.word, "from_state": before, "to_state": case.state}
        self.house.register.append(self.session, entry_of(self.house, case, comment, event, **said))
        if case.state in _SETTLED:
            return Answer(True, "Somebody decided on this already: card {number}.", {"number": case.number})
        called = self._called(case, again=reopened)
        return called or Answer(True, "A person looks at it: card {number} is open.", {"number": case.number})

    # ------------------------------------------------------------ who hears of it

    def _called(self, case: CaseRow, *, again: bool = False) -> Answer | None:
        """Outside the working hours whoever is on call gets a letter: once per case, and once more when it had been
        decided. Who reports it knows already. The answer that says so; None when nobody was called.
        """
        now = self.house.clock.now()
        if working_hours(self.house).covers(now):
            return None
        on_call = reachable(self.session, self.house, MODERATION, now) or (VANGNET,)
        called = [who for who in on_call if who != self.asked.order.by]
        for who in called:
            key = f"{notices.REPORT}:{case.id}:{who}" + (f":{self.asked.given.id}" if again else "")
            notices.post(self.session, self.house, self.run, key=key, kind=notices.REPORT, who=who, case_id=case.id)
        if not called:
            return None
        names = ", ".join(self.house.name(who) for who in called)
        return Answer(True, "Reported: card {number}. Called: {names}.", {"number": case.number, "names": names})


def _account_of(house: House, link: Link | None) -> Account:
    """Ours on the platform of the address, else our first one."""
    accounts = house.settings.accounts
    if not accounts:
        raise NotPossible("No account is set up yet, so there is nothing to report.")
    return next((each for each in accounts if link and each.platform in link.labels), accounts[0])


def _category(order: Report, flags: Sequence[FlagRow]) -> str:
    """What the colleague says, else the most pressing thing that the rules say, else a breach that fits most."""
    found = sorted(flags, key=lambda flag: priority(flag.category, Urgency(flag.urgency)))
    named = (order.category, *(flag.category for flag in found))
    return next((key for key in named if key in CATEGORIES and CATEGORIES[key].urgency > Urgency.GEEN), NOTHING_FITS)


def _seen_by_colleague(category: str) -> dict[str, Any]:
    return {
        "rule": BY_COLLEAGUE,
        "category": category,
        "urgency": int(max(CATEGORIES[category].urgency, Urgency.NORMAAL)),
        "certainty": Certainty.TE_BEOORDELEN.value,
        "state": "live",
    }


def _was_left(case: CaseRow, comment: CommentRow) -> bool:
    """Decided as harmless, still there, and nobody is at it right now."""
    left = case.state == State.AFGEHANDELD and case.done_word in LEFT
    return left and case.doing_order is None and comment.visibility not in GONE
