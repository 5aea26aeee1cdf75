"""A whole house behind the browser channel, in memory, with invented cases: the channel runs alone over it.

`python -m tests.fakes.desk --port 8799` serves it for looking; it prints two start links.
"""

import argparse
import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import uvicorn
from fastapi import FastAPI

from bot.browser.desk import (
    Alarm,
    Beat,
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
from bot.browser.routes import router, unexpected
from bot.scene import Scene
from bot.texts import catalogue
from domain.categories import Urgency
from domain.messages import Fault
from domain.model import Answer, CaseView, Person
from domain.orders import CaseOrder, Order
from domain.settings import Display
from domain.states import ALLOWED, OPEN
from tests.fakes.after import after
from tests.fakes.cases import JEF, NAMES, NOOR, NOW, PEOPLE, minutes, several


class FakeRules:
    """Two house rules and the reason of one rule."""

    def citation(self, category: str) -> str:
        """The house rule."""
        if category == "bedreiging":
            return "Elke vorm van smaad, laster, bedreiging of belediging wordt onmiddellijk verwijderd"
        return "" if category in ("klacht", "vraag") else "Geen beledigende of grove taal"

    def why(self, rule_id: str) -> str:
        """Why the rule exists."""
        return "scheldwoord + groep" if rule_id == "beled.groep" else ""


@dataclass(frozen=True, slots=True)
class FakeDraft:
    """A text that could go out."""

    template: str
    name: str
    text: str
    number: int
    faults: tuple[Fault, ...] = ()


def fake_drafts(view: CaseView, hide: bool) -> tuple[FakeDraft, ...]:  # noqa: FBT001 - the port's own shape
    """A warning and a hint; the warning says whether the comment is hidden."""
    number = view.ledger.next
    rule = " en is verborgen" if hide else ""
    text = f"Je reactie past niet bij onze huisregels{rule}: https://huisregels.example. Waarschuwing {number} van 3."
    hint = "Een kleine tip: hou het aangenaam. https://huisregels.example"
    return FakeDraft("waarschuwing_1", "Eerste waarschuwing", text, number), FakeDraft("hint", "Hint", hint, 0)


def fake_faults(_template: str, text: str) -> tuple[Fault, ...]:
    """What an opening brace, a phone number and a missing address are."""
    found = []
    for word, msgid in (
        ("{", "Something was not filled in here."),
        ("0470", "A phone number or other personal data may not be sent."),
    ):
        if (at := text.find(word)) >= 0:
            found.append(Fault((at, at + len(word)), msgid))
    if "huisregels" not in text:
        found.append(Fault((0, 0), "The text does not refer to the house rules."))
    return tuple(found)


class FakeDesk:
    """Everything in memory. `slow`: answers only when told to with `carry_out` · `fails`: raised by every page."""

    def __init__(self, cases: Sequence[CaseView] = (), *, now: Callable[[], datetime] = lambda: NOW) -> None:
        self.views = {view.id: view for view in cases}
        self.now = now
        self.hosts = frozenset({"127.0.0.1:8780", "localhost:8780"})
        self.house = "Gentse Flikken"
        self.start_links = {"start-noor": NOOR}
        self.sessions: dict[str, Person] = {}
        self.orders: dict[str, Order] = {}
        self.answers: dict[str, Answer] = {}
        self.exports: list[str] = []
        self.alarms: tuple[Alarm, ...] = ()
        self.incidents = 0
        self.refuse: Answer | None = None
        self.slow = False
        self.fails: Exception | None = None
        self.display = Display()
        self.watched = asyncio.Event()
        self._queues: list[asyncio.Queue[Changed | Told | None]] = []

    # ------------------------------------------------------------ who

    def sign_in(self, person: Person) -> str:
        """A session, without a start link."""
        cookie = secrets.token_urlsafe(16)
        self.sessions[cookie] = person
        return cookie

    def scene(self, viewer: Person) -> Scene:
        """How cards are drawn."""
        return Scene(
            viewer,
            self.now(),
            lambda key: NAMES.get(key, key),
            FakeRules(),
            catalogue(),
            self.display,
            house_version="v3",
            drafts=fake_drafts,
            faults=fake_faults,
            explanation=lambda: "We hebben je reactie verwijderd. Huisregels: https://huisregels.example.",
        )

    async def open_start_link(self, token: str) -> str | None:
        """Once."""
        person = self.start_links.pop(token, None)
        return self.sign_in(person) if person else None

    async def who(self, cookie: str) -> Person | None:
        """The person of a cookie."""
        return self.sessions.get(cookie)

    # ------------------------------------------------------------ what is there

    async def standing(self) -> Standing:
        """Two channels, one of them silent when there is an alarm."""
        if self.fails:
            raise self.fails
        waiting = sum(view.state in OPEN for view in self.views.values())
        return Standing(waiting, 2, 1 if self.alarms else 2, self.now() - minutes(1), self.alarms, self.incidents)

    async def cases(self, wanted: Wanted) -> Queue:
        """Sorted as the port says."""
        waiting = [view for view in self.views.values() if view.state in OPEN]
        counts = {urgency: sum(view.urgency is urgency for view in waiting) for urgency in Urgency}
        shown = sorted((view for view in waiting if wanted.fits(view)), key=lambda view: (-view.urgency, view.due_at))
        rest = [view for view in self.views.values() if view.state not in OPEN]
        rest.sort(key=lambda view: (view.planned is None, -(view.done.at.timestamp() if view.done else 0)))
        return Queue(shown, rest, counts)

    async def case(self, case_id: int) -> CaseView | None:
        """One case."""
        return self.views.get(case_id)

    async def comments(self, search: str, page: int) -> tuple[Page[CommentRow], Sequence[Looked]]:
        """The comments of the cases, as if nothing else was read."""
        rows = [self._comment(view) for view in self.views.values() if search.lower() in view.text.lower()]
        looked = (Looked("Facebook", self.now() - minutes(1)), Looked("YouTube", None))
        return Page(rows, page, len(rows)), looked

    def _comment(self, view: CaseView) -> CommentRow:
        return CommentRow(
            view.platform_label,
            view.author_name,
            view.text,
            view.personal,
            view.seen_at,
            view.permalink,
            view.urgency,
            view.category,
            view.id,
            view.number,
        )

    async def register(self, search: str, page: int, viewer: Person) -> Page[RegisterRow]:
        """What was decided."""
        rows = [row for view in self.views.values() for row in self._rows(view) if search in row.number]
        rows.sort(key=lambda row: row.at, reverse=True)
        return Page(rows, page, len(rows) if page == 1 else 120)

    def _rows(self, view: CaseView) -> list[RegisterRow]:
        if view.trouble:
            step = (view.trouble.at, view.trouble.command, "uitkomst", False)
        elif view.done:
            step = (view.done.at, view.done.command, "uitkomst", True)
        else:
            return []
        return [RegisterRow(*step, view.category, view.platform_label, "M1", "7c1e0000", view.id, view.number)]

    async def history(self, case_id: int, viewer: Person) -> History | None:
        """The rows of one case."""
        view = self.views.get(case_id)
        return History(view, self._rows(view)) if view else None

    async def health(self) -> Health:
        """One channel works, one is blind."""
        channels = (
            Channel("Facebook", "Oefenpagina", ok=True, looked_at=self.now() - minutes(1)),
            Channel("YouTube", "Oefenkanaal", ok=False, looked_at=None, trial=True),
        )
        return Health(
            channels, (Beat("reading comments", self.now() - minutes(2), ok=True),), 1, 0, "3f9a01bc22de", "0.1.0"
        )

    async def csv(self, search: str, viewer: Person) -> AsyncIterator[bytes]:
        """Two lines."""
        self.exports.append(viewer.key)
        yield b"tijd;stap\r\n"
        yield b"2026-07-20T19:06:00Z;verbergen\r\n"

    # ------------------------------------------------------------ presses

    async def give(self, order: Order, key: str) -> None:
        """Store, and carry out at once unless `slow`."""
        if key in self.orders:
            return
        self.orders[key] = order
        if not self.slow:
            self.carry_out(key)

    def carry_out(self, key: str) -> None:
        """Do what was asked and tell everybody."""
        order = self.orders[key]
        self.answers[key] = self._done(order)
        self._tell(Told(order.by, key, self.answers[key]))

    def _done(self, order: Order) -> Answer:
        if self.refuse:
            return self.refuse
        assert isinstance(order, CaseOrder)
        view = self.views[order.case_id]
        if view.state not in ALLOWED[order.word]:
            return Answer(ok=False, msgid="That is not possible any more.")
        if order.word != "toon_tekst":
            self.show(after(view, order, self.now()))
        return Answer(ok=True, msgid="Stored; it is being carried out.")

    async def answer(self, key: str, timeout: float) -> Answer | None:  # noqa: ASYNC109 - the port's own word
        """What was answered so far; nothing to wait for in a fake."""
        return self.answers.get(key)

    # ------------------------------------------------------------ live

    def show(self, view: CaseView) -> None:
        """A case is new or changed, by whoever."""
        self.views[view.id] = view
        self._tell(Changed(view.id, view.revision))

    def _tell(self, news: Changed | Told | None) -> None:
        for queue in self._queues:
            queue.put_nowait(news)

    def close(self) -> None:
        """End all live lines."""
        self._tell(None)

    async def changes(self) -> AsyncGenerator[Changed | Told, None]:
        """News from now on."""
        queue: asyncio.Queue[Changed | Told | None] = asyncio.Queue()
        self._queues.append(queue)
        self.watched.set()
        try:
            while (news := await queue.get()) is not None:
                yield news
        finally:
            self._queues.remove(queue)


def app(desk: FakeDesk) -> FastAPI:
    """The browser channel alone."""
    made = FastAPI(openapi_url=None)
    made.include_router(router(desk))
    made.add_exception_handler(Exception, unexpected(desk))
    return made


def main() -> None:
    """Serve it, on this machine only."""
    parser = argparse.ArgumentParser(description="The browser channel over invented cases.")
    parser.add_argument("--port", type=int, default=8799)
    parser.add_argument("--alarm", action="store_true", help="with an alarm on every page")
    options = parser.parse_args()
    desk = FakeDesk(several())
    desk.hosts = frozenset({f"127.0.0.1:{options.port}", f"localhost:{options.port}"})
    desk.start_links = {"noor": NOOR, "jef": JEF} | {person.key: person for person in PEOPLE}
    if options.alarm:
        desk.alarms = (
            Alarm("Work has been waiting for more than a minute: the queue stands still.", {}, NOW - minutes(63)),
        )
    for token in ("noor", "jef"):
        print(f"http://127.0.0.1:{options.port}/?start={token}")  # noqa: T201 - for the person who looks
    uvicorn.run(app(desk), host="127.0.0.1", port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
