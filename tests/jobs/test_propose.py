"""The job that puts the next Gentse Feesten in the calendar."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.orders import CancelEvent
from jobs.schedule import Keeper, jobs
from storage import register_verify
from storage.call_tables import EventRow
from tests.fakes.parts import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A house of one page."""
    made = Site(tmp_path)
    yield made
    made.close()


def fire(site: Site) -> None:
    """One fire of the job, in a clock process of its own."""
    keeper = Keeper(site.parts.house, site.parts.durable)
    keeper.run(next(each for each in jobs(site.parts.house) if each.name == "voorstellen"))


def editions(site: Site) -> list[tuple[str | None, str]]:
    """(edition, state) of what stands in the calendar."""
    return [(row.key, row.state) for row in site.world.rows(EventRow)]


class TestPropose:
    """Every hour, by every clock process."""

    def test_several_clocks_propose_once(self, site: Site) -> None:
        """One proposal, one line in the register."""
        for _ in range(3):
            fire(site)

        assert editions(site) == [("feesten-2027", "voorgesteld")]
        assert site.world.events() == ["instelling"]
        with site.world.database.reading.connect() as connection:
            assert register_verify.verify(connection).exit_code == 0

    def test_through_a_year_of_hours(self, site: Site) -> None:
        """Called off by people, it never comes back; over the clock changes and new year the next one is proposed
        once, when this one is over.
        """
        fire(site)
        site.world.ask(CancelEvent(by="ann", event_id=1))
        for _ in range(60):
            site.world.clock.advance(timedelta(days=6, hours=5))
            fire(site)

        assert editions(site) == [("feesten-2027", "afgelast"), ("feesten-2028", "voorgesteld")]

    def test_at_no_fixed_hour(self, site: Site) -> None:
        """An interval, so that no night of a clock change does it twice or not at all."""
        job = next(each for each in jobs(site.parts.house) if each.name == "voorstellen")

        assert (job.at, job.every_s) == ("", 3600)
