"""Somebody with a browser, without a socket: the whole channel over `FakeDesk`, cookies and forms included."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import httpx

from domain.model import Person
from tests.fakes.desk import FakeDesk, app

HERE = "http://127.0.0.1:8780"


class Visitor:
    """Opens pages and presses buttons. person: already signed in as."""

    def __init__(self, desk: FakeDesk, person: Person | None = None) -> None:
        self.desk = desk
        self.cookies = {"nabij": desk.sign_in(person)} if person else {}
        self._app = app(desk)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """A page; redirects are not followed."""
        return asyncio.run(self.ask("GET", path, headers=headers))

    def press(
        self,
        case_id: int,
        act: str,
        *,
        query: str = "",
        json: bool = False,
        headers: Mapping[str, str] | None = None,
        **over: str,
    ) -> httpx.Response:
        """A button of the form that is drawn for this case now; `over` replaces fields of it."""
        fields = {**self.form(case_id), "act": act, **over}
        accept = {"Accept": "application/json"} if json else {}
        path = f"/kaart/{case_id}{query}"
        return asyncio.run(self.ask("POST", path, data=fields, headers={"Origin": HERE, **accept, **(headers or {})}))

    def form(self, case_id: int) -> dict[str, str]:
        """The hidden fields of the form of a case."""
        page = self.get(f"/kaart/{case_id}").text
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))

    async def ask(self, method: str, path: str, **values: Any) -> httpx.Response:
        """One request."""
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=HERE, cookies=self.cookies) as client:
            return await client.request(method, path, **values)
