"""Live: whoever watches is told what changed and what was answered, whichever process did it."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any

import pytest
import sqlalchemy as sa

from bot.live import KEEPS, CaseChanged, Live, News, OrderAnswered
from domain.orders import Leave
from tests.fakes.house import INSULT
from tests.fakes.parts import Site

PATIENCE_S = 5


def watching(site: Site, happens: Callable[[Live], Coroutine[Any, Any, None]], count: int) -> list[News]:
    """The first so many news of what happens."""

    async def run() -> list[News]:
        live = Live(site.parts.house.read)
        await live.start()
        found: list[News] = []
        async with aclosing(live.watch()) as stream:
            first = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(0)
            await happens(live)
            while len(found) < count:
                found.append(await asyncio.wait_for(first if not found else anext(stream), PATIENCE_S))
        await live.stop()
        return found

    return asyncio.run(run())


class TestNews:
    """What is told."""

    def test_a_case_that_changed(self, site: Site) -> None:
        """With its newest revision; what changed before somebody watched is not news."""
        site.world.arrives(INSULT, "2001_1")

        async def happens(_live: Live) -> None:
            site.world.arrives(INSULT, "2001_2")

        (news,) = watching(site, happens, 1)
        case = site.world.case("2001_2")
        assert case is not None
        assert news == CaseChanged(case.id or 0, case.revision)

    def test_an_answer_to_an_order_of_this_process(self, site: Site) -> None:
        """To whom it was given; orders of other processes are theirs to tell."""
        case = site.world.arrives()

        async def happens(live: Live) -> None:
            live.expect("mijn", "noor")
            site.world.press(Leave, case, key="mijn")
            site.world.press(Leave, case, key="van een ander")

        found = watching(site, happens, 2)
        answers = [each for each in found if isinstance(each, OrderAnswered)]
        assert [(each.by, each.key) for each in answers] == [("noor", "mijn")]
        assert answers[0].answer == site.world.answer("mijn")

    def test_all_who_watch(self, site: Site) -> None:
        """Every tab hears it."""

        async def run() -> list[News]:
            live = Live(site.parts.house.read)
            await live.start()
            streams = [live.watch() for _ in range(3)]
            waiting = [asyncio.ensure_future(anext(stream)) for stream in streams]
            await asyncio.sleep(0)
            site.world.arrives()
            found = [await asyncio.wait_for(each, PATIENCE_S) for each in waiting]
            for stream in streams:
                await stream.aclose()
            await live.stop()
            return found

        found = asyncio.run(run())
        assert len(found) == 3
        assert len(set(map(repr, found))) == 1

    def test_a_database_that_was_away(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """A look that fails is made again; nothing is missed."""

        async def happens(live: Live) -> None:
            looks = []
            real = live._look

            def look() -> list[News]:
                looks.append(1)
                if len(looks) < 3:
                    raise sa.exc.OperationalError("SELECT", {}, Exception("away"))
                return real()

            monkeypatch.setattr(live, "_look", look)
            site.world.arrives()

        (news,) = watching(site, happens, 1)
        assert isinstance(news, CaseChanged)


class TestEnds:
    """Nobody is kept waiting for ever."""

    def test_whoever_cannot_keep_up_is_let_go(self, site: Site) -> None:
        """Its page draws itself again when it comes back; memory stays bounded."""

        async def run() -> list[News]:
            live = Live(site.parts.house.read)
            stream = live.watch()
            waiting = asyncio.ensure_future(anext(stream, None))
            await asyncio.sleep(0)
            for number in range(KEEPS + 1):
                live._tell(CaseChanged(number, 1))
            assert live._watchers == set()
            first = await asyncio.wait_for(waiting, PATIENCE_S)
            return [each for each in (first, *[news async for news in stream]) if each]

        assert asyncio.run(run()) == []

    def test_the_end_of_the_process(self, site: Site) -> None:
        """Streams end, so that the server can."""

        async def run() -> list[News]:
            live = Live(site.parts.house.read)
            await live.start()

            async def watch() -> list[News]:
                return [news async for news in live.watch()]

            watcher = asyncio.ensure_future(watch())
            await asyncio.sleep(0)
            await live.stop()
            return await asyncio.wait_for(watcher, PATIENCE_S)

        assert asyncio.run(run()) == []

    def test_an_answer_that_does_not_come(self, site: Site) -> None:
        """Waited for as long as was said, and no longer."""

        async def run() -> object:
            return await asyncio.wait_for(Live(site.parts.house.read).answer("nooit", 0.05), PATIENCE_S)

        assert asyncio.run(run()) is None
