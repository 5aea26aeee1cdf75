"""The parts of a house over real tables, without a launched engine: for tests of inbound routes, desk and jobs."""

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from bot.__main__ import web_app
from bot.parts import Parts
from domain.settings import Account, Secrets
from platforms.practice import deliveries
from rules.engine import Rules
from storage.durable import QUEUES, Stuck
from storage.writer import Writer
from tests.fakes.house import World
from tests.fakes.run import PlainRun

HOST = "127.0.0.1:8780"
APP_SECRET = "geheim-van-de-app"
VERIFY_TOKEN = "woord-van-de-handdruk"
TOKEN = "token-van-de-pagina"
METRICS_TOKEN = "token-van-de-cijfers"
_rules: list[Rules] = []


class PlainEngine(PlainRun):
    """`PlainRun` with what is asked of a launched engine; tests say how it is doing."""

    lives = True
    waits_s: float | None = None
    gave_up: tuple[Stuck, ...] = ()
    pruned: list[timedelta]

    def alive(self) -> bool:
        """As the test says."""
        return self.lives

    def depth(self) -> dict[str, int]:
        """What waits stands in one queue."""
        return {**dict.fromkeys(QUEUES, 0), "werk": len(self.waiting)}

    def waiting_s(self) -> float | None:
        """As the test says."""
        return self.waits_s

    def stuck(self) -> list[Stuck]:
        """As the test says."""
        return list(self.gave_up)

    def prune(self, older_than: timedelta) -> int:
        """Noted; there is nothing to forget."""
        self.pruned = [*getattr(self, "pruned", []), older_than]
        return 0

    def close(self) -> None:
        """Nothing was opened."""


def _all(routes: Iterable[Any]) -> Iterator[Any]:
    """Routes, also of routers that were included."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        yield from _all(inner.routes) if inner is not None else [route]


class Site:
    """A house with a web app in front of it, and somebody who sends to it."""

    def __init__(self, folder: Path, **numbers: Any) -> None:
        self.world = World(folder, **numbers)
        engine = PlainEngine(self.world.database)
        engine.workflows = self.world.run.workflows
        self.world.run = self.engine = engine
        self.writer = Writer(self.world.database.writing)
        house = dataclasses.replace(
            self.world.house,
            settings=dataclasses.replace(
                self.world.settings,
                accounts=(Account("facebook", "1001", "Gentse Flikken", "aan", TOKEN, APP_SECRET, VERIFY_TOKEN),),
                secrets=Secrets(b"k" * 32, METRICS_TOKEN),
            ),
            store=lambda job: self.writer.submit(job).result(),
        )
        if not _rules:
            _rules.append(Rules.load("gent"))
        self.parts = Parts(house, self.world.database, engine, self.writer, _rules[0])  # type: ignore[arg-type]
        self.app: FastAPI = web_app(self.parts, hosts=frozenset({HOST}))

    def close(self) -> None:
        """Let go."""
        self.writer.close()
        self.world.close()

    async def ask(self, method: str, path: str, *, at: str = "127.0.0.1", **more: Any) -> httpx.Response:
        """One request. at: the address it comes from."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(at, 40000))
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
            return await client.request(method, path, **more)

    def routes(self) -> list[tuple[str, str]]:
        """(path, method) of everything that is answered, out of the route table of the app."""
        return sorted(
            (route.path, method) for route in _all(self.app.routes) for method in getattr(route, "methods", None) or ()
        )

    async def push(self, body: bytes, **headers: str | bytes) -> httpx.Response:
        """One signed delivery; headers over the right ones."""
        right = {"X-Hub-Signature-256": deliveries.sign(APP_SECRET, body), "Content-Type": "application/json"}
        given = {**right, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return await self.ask("POST", "/webhooks/facebook", content=body, headers=given)
