"""The room of the alarms over a real house at night, behind the browser channel without a socket.

`python -m tests.fakes.alarms --port 8798` serves it for looking; it prints a start link and a link of a letter.
"""

import argparse
import asyncio
import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from bot.browser.desk import Called, Told
from bot.browser.incident_routes import router as alarm_router
from bot.browser.routes import router, unexpected
from bot.browser.site import Site
from bot.cards import Scene
from bot.incident_desk import HouseIncidentDesk
from bot.live import answer_of
from bot.reach import Reach
from commands import give
from domain.model import Answer, Person
from domain.orders import Acknowledge, Claim, FalseAlarm, Order
from storage.tables import GivenOrderRow
from storage.writer import Writer
from tests.fakes.desk import FakeDesk
from tests.fakes.night import DOUBT, HATRED, SATURDAY_23, THREAT, Night

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HERE = "http://127.0.0.1:8780"


class NightDesk(FakeDesk):
    """The desk of the channel, of which clock, names and orders are those of the night."""

    def __init__(self, night: Night) -> None:
        super().__init__(now=night.clock.now)
        self.night = night

    def scene(self, viewer: Person) -> Scene:
        """Names as the house knows them."""
        return replace(super().scene(viewer), names=self.night.house.name)

    async def give(self, order: Order, key: str) -> None:
        """Stored, carried out at once, and told to everybody who watches."""
        night = self.night
        night.store(lambda connection: give.give(night.house, night.run, connection, order, key))
        answer = await self.answer(key, 0)
        for incident in night.incidents():
            self._tell(Called(incident.id or 0))
        if answer is not None:
            self._tell(Told(order.by, key, answer))

    async def answer(self, key: str, timeout: float) -> Answer | None:  # noqa: ASYNC109 - the port's own word
        """What was told."""
        self.night.run.work()
        with self.night.database.read() as session:
            row = session.query(GivenOrderRow).filter_by(key=key).first()
        return answer_of(row) if row else None


class Office:
    """A house at night with its pages, and somebody who opens them."""

    def __init__(self, folder: Path) -> None:
        self.night = Night(folder)
        self._cookies: dict[str, str] = {}
        self._writer = Writer(self.night.database.writing)
        self.desk = NightDesk(self.night)
        self.app = FastAPI(openapi_url=None)
        self.app.include_router(router(self.desk))
        self.room = HouseIncidentDesk(Reach(self.night.house, self._writer), self.night.run)
        self.app.include_router(alarm_router(Site(self.desk), self.room))
        self.app.add_exception_handler(Exception, unexpected(self.desk))

    def close(self) -> None:
        """Let go."""
        self._writer.close()
        self.night.close()

    def link(self, who: str = "els") -> str:
        """The path behind the newest letter to somebody."""
        letter = [letter for address, letter in self.night.herald.sent if address == f"fake://{who}"][-1]
        return letter.text.rpartition("8780")[2]

    def get(self, path: str, who: str = "", **headers: str) -> httpx.Response:
        """A page. who: signed in as; empty = nobody."""
        return asyncio.run(self._ask("GET", path, who, headers=headers))

    def post(
        self, path: str, data: Mapping[str, str], who: str = "", *, json: bool = False, origin: str = HERE
    ) -> httpx.Response:
        """A form."""
        headers = {"Origin": origin} | ({"Accept": "application/json"} if json else {})
        return asyncio.run(self._ask("POST", path, who, data=dict(data), headers=headers))

    def form(self, path: str, who: str) -> dict[str, str]:
        """The hidden fields of the first form of a page."""
        page = self.get(path, who).text
        main = page[page.index("<form class") :]
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', main.partition("</form>")[0]))

    async def _ask(self, method: str, path: str, who: str, **values: Any) -> httpx.Response:
        person = self.night.settings.person(who)
        if person and who not in self._cookies:
            self._cookies[who] = self.desk.sign_in(person)
        cookies = {"nabij": self._cookies[who]} if person else {}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=HERE, cookies=cookies) as client:
            return await client.request(method, path, **values)


def tell(night: Night) -> None:
    """A false alarm an hour ago, a muted incident, an account that was blind and seen, and a threat just now."""
    night.feesten()
    night.clock.set(SATURDAY_23 - HOUR)
    night.threat("2001_1", THREAT)
    night.says(FalseAlarm)
    night.clock.set(SATURDAY_23 - HOUR / 2)
    night.looks()
    night.says(Acknowledge, "noor")
    night.clock.set(SATURDAY_23)
    night.threat("2001_2", DOUBT)
    night.threat("2001_3", HATRED)
    night.press(Claim, night.case("2001_3"))
    night.clock.advance(MINUTE * 6)
    night.tick()


def main() -> None:
    """Serve it, on this machine only."""
    parser = argparse.ArgumentParser(description="The alarms of an invented night.")
    parser.add_argument("--port", type=int, default=8798)
    options = parser.parse_args()
    office = Office(Path(tempfile.mkdtemp()))
    office.desk.hosts = frozenset({f"127.0.0.1:{options.port}"})
    tell(office.night)
    els = office.night.settings.person("els")
    noor = office.night.settings.person("noor")
    office.desk.start_links = {"els": els, "noor": noor} if els and noor else {}
    for path in ("/?start=els", "/?start=noor", office.link()):
        print(f"http://127.0.0.1:{options.port}{path}", flush=True)  # noqa: T201 - for the person who looks
    uvicorn.run(office.app, host="127.0.0.1", port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
