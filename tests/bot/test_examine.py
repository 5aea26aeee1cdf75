"""What `doctor` finds: each part in order or not, and what to do. It looks and asks, and changes nothing."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from bot.examine import examine
from storage import watch
from storage.watch import Alarm
from tests.fakes.house import INSULT, stopped
from tests.fakes.parts import Site


def found(site: Site) -> dict[str, tuple[bool, str]]:
    """Finding by part."""
    return {part: (good, what) for part, good, what in examine(site.parts)}


class TestDoctor:
    """Part by part."""

    def test_all_is_well(self, site: Site) -> None:
        """A house that works has nothing to be mended."""
        site.world.poll()
        site.world.arrives(INSULT)

        told = found(site)
        assert all(good for good, _ in told.values()), told
        assert {"facebook 1001", "peiling:facebook:1001", "databank", "register"} <= set(told)

    def test_it_changes_nothing(self, site: Site) -> None:
        """Not a row."""
        site.world.arrives(INSULT)
        before = [site.world.lines(), site.world.alarms()]
        examine(site.parts)
        assert [site.world.lines(), site.world.alarms()] == before
        assert not site.engine.waiting

    def test_nobody_to_call(self, site: Site) -> None:
        """No safety net, a commander without an address: told before the night in which it matters."""
        commander = next(person.key for person in site.world.settings.people if person.role == "commandant")
        reached = {
            key: each for key, each in site.world.settings.addresses.items() if key not in ("vangnet", commander)
        }
        house = replace(site.parts.house, settings=replace(site.world.settings, addresses=reached))

        told = {part: (good, what) for part, good, what in examine(replace(site.parts, house=house))}
        assert told["vangnet"] == (False, "NABIJ_ADDRESS_VANGNET is leeg in .env")
        assert told["commandanten"] == (False, f"zonder adres: {commander}")

    def test_a_text_that_expired(self, site: Site) -> None:
        """Its owner must look at it again."""
        site.world.clock.advance(timedelta(days=4000))
        good, what = found(site)["teksten aan burgers"]
        assert not good
        assert "waarschuwing_1" in what

    def test_a_platform_that_refuses(self, site: Site) -> None:
        """In Dutch, with the code."""
        site.world.platform.faults["recent"] = [stopped()]
        good, what = found(site)["facebook 1001"]
        assert not good
        assert "190" in what

    def test_a_silent_check_and_an_alarm(self, site: Site) -> None:
        """Both are told."""
        site.world.poll()
        site.world.clock.advance(timedelta(hours=1))
        with site.world.database.write() as session:
            watch.sound(
                session,
                "opgegeven",
                Alarm("{n} pieces of work ended in an error; see the runbook.", n=3),
                site.world.clock.now(),
            )

        told = found(site)
        assert not told["peiling:facebook:1001"][0]
        assert told["alarm"] == (False, "3 taken eindigden met een fout; zie het runbook.")

    def test_a_damaged_register(self, site: Site) -> None:
        """Not in order."""
        site.world.arrives(INSULT)
        with site.world.database.writing.begin() as connection:
            connection.execute(sa.text("UPDATE register_entry SET event = 'anders' WHERE seq = 1"))
        assert not found(site)["register"][0]

    def test_tables_of_another_release(self, site: Site) -> None:
        """Told which command brings them up to date; what needs the tables is not asked."""
        with site.world.database.writing.begin() as connection:
            connection.execute(sa.text("DROP TABLE heartbeat"))

        told = found(site)
        assert told["databank"] == (False, "voer uit: python -m storage migrate")
        assert "register" not in told
