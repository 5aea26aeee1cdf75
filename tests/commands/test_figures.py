"""Figures of a report: what counts, when it counts, and what nobody knows."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from commands.digests import digest_of, to_data
from commands.drafts import drafts
from commands.figures import digest
from domain.calendar import Cover, Window
from domain.clock import BRUSSELS, at_wall
from domain.digests import DAYS, TOTALS, Digest, OpenWork, Period, PostFigures, Span, day, week
from domain.model import Author, Change, ChangeKind
from domain.orders import CancelDelete, CancelMessage, Delete, DoneByHand, Hide, Leave, MarkWrong, Reopen, Unhide, Warn
from domain.settings import Account
from storage.call_tables import EventRow, IncidentRow
from storage.paper_tables import DigestRow, DossierRow, MessageRow, ObservedRow
from storage.tables import AccountRow, CommentRow, PostRow, TextVersionRow
from tests.fakes.house import INSULT, SHADOW, THREAT, World, denied

WEEK = week("2026-W47")
HARMLESS = "Mooie foto!"


def of(world: World, period: Period = WEEK, previous: dict[str, int | None] | None = None) -> Digest:
    """The figures as they are now."""
    with world.database.read() as session:
        return digest(session, world.house, period, previous or {})


def counted(world: World, period: Period = WEEK) -> dict[str, int | None]:
    """Totals that are not 0."""
    return {key: figure for key, figure in of(world, period).totals.items() if figure != 0}


def at(day_of_month: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment in November 2026 on a Brussels clock."""
    return datetime(2026, 11, day_of_month, hour, minute, tzinfo=BRUSSELS)


def add(world: World, *rows: Any) -> None:
    """Rows as another part of the house would write them."""
    with world.database.write() as session:
        for row in rows:
            session.add(row)


def watched(world: World, first: datetime, last: datetime, account: str = "1001") -> None:
    """The account was looked at all this time."""
    add(world, ObservedRow(platform="facebook", account=account, start=first, until=last))


class TestTotals:
    """What happened in the period."""

    def test_comments_and_breaches(self, world: World) -> None:
        """All that was read; flagged are breaches only, and only those that became a card. A threat calls somebody."""
        world.poll()
        for number, text in enumerate((HARMLESS, INSULT, THREAT, "klacht over een boete", f"{INSULT} {SHADOW}")):
            world.arrives(text, str(number))

        assert counted(world) == {"gelezen": 5, "gemarkeerd": 2, "alarmen": 1}

    def test_not_our_own_words(self, world: World) -> None:
        """Answers of the team itself were not read by it."""
        world.arrives(HARMLESS, "1", own=True)
        world.arrives(HARMLESS, "2")

        assert counted(world)["gelezen"] == 1

    def test_older_comments_fetched_by_hand(self, world: World) -> None:
        """A backfill of last year is nobody's work of this week; what has no time of its own counts."""
        world.arrives(HARMLESS, "oud", created_at=world.clock.now() - timedelta(days=300))
        world.arrives(HARMLESS, "zonder", created_at=None)

        assert counted(world)["gelezen"] == 1

    def test_decisions(self, world: World) -> None:
        """Hidden, deleted, left standing; marked as wrong is left standing too."""
        world.poll()
        cases = [world.arrives(INSULT, str(number)) for number in range(4)]
        world.press(Hide, cases[0])
        world.press(Delete, cases[1])
        world.press(Leave, cases[2])
        world.press(MarkWrong, cases[3])
        world.later(seconds=60)

        assert counted(world) == {"gelezen": 4, "gemarkeerd": 4, "verborgen": 1, "verwijderd": 1, "laten_staan": 2}

    def test_hiding_before_a_deletion(self, world: World) -> None:
        """Is a part of it: during the grace nothing is counted, and nothing when it is cancelled."""
        world.poll()
        case = world.arrives()
        world.press(Delete, case)
        assert counted(world) == {"gelezen": 1, "gemarkeerd": 1}
        world.press(CancelDelete)
        assert counted(world) == {"gelezen": 1, "gemarkeerd": 1}

    def test_every_act_counts(self, world: World) -> None:
        """Hidden, shown again, hidden again: hidden twice. Reopening takes nothing back."""
        world.poll()
        world.arrives()
        for order in (Hide, Unhide, Hide):
            world.press(order)
        world.arrives(INSULT, "2")
        for order in (Leave, Reopen):
            world.press(order, world.case("2"))

        assert counted(world) == {"gelezen": 2, "gemarkeerd": 2, "verborgen": 2, "laten_staan": 1}

    def test_refused_and_done_by_hand(self, world: World) -> None:
        """What the platform refused does not count; what a person then did there does."""
        world.poll()
        world.arrives()
        world.platform.faults["hide"] = [denied()]
        world.press(Hide)
        assert counted(world) == {"gelezen": 1, "gemarkeerd": 1}
        world.press(DoneByHand)
        assert counted(world) == {"gelezen": 1, "gemarkeerd": 1, "verborgen": 1}

    def test_warnings(self, world: World) -> None:
        """Only what the citizen has, and no hints; counted on the day on which it was settled."""
        world.poll()
        case = world.arrives()
        world.press(Leave)
        now = world.clock.now()
        same = {"case_id": case.id, "order_id": 1, "text": "x", "by": "noor", "at": now}
        for state, template, settled in (
            ("afgeleverd", "waarschuwing_1", now),
            ("manueel", "waarschuwing_2", now),
            ("afgeleverd", "hint", now),
            ("geannuleerd", "waarschuwing_1", now),
            ("onbekend", "waarschuwing_1", None),
            ("afgeleverd", "waarschuwing_1", now + timedelta(days=7)),
        ):
            add(world, MessageRow(state=state, template=template, settled_at=settled, **same))

        assert of(world).totals["gewaarschuwd"] == 2

    def test_a_warning_that_hides(self, world: World) -> None:
        """Is one hidden comment and one warning, once the citizen has it; cancelled in time it is only hidden."""
        world.poll()
        for comment_id in ("2001_1", "2001_2"):
            world.arrives(INSULT, comment_id)
            draft = drafts(world.house, world.view(comment_id), hide=True)[0]
            world.press(Warn, world.case(comment_id), template=draft.template, text=draft.text, hide=True)
        world.press(CancelMessage, world.case("2001_2"))
        assert counted(world) == {"gelezen": 2, "gemarkeerd": 2, "verborgen": 2}
        world.later(seconds=world.settings.numbers.warn_delay_s)

        assert counted(world) == {"gelezen": 2, "gemarkeerd": 2, "verborgen": 2, "gewaarschuwd": 1}

    def test_an_explained_deletion(self, world: World) -> None:
        """The message that explains it is no warning, and its hiding no other act."""
        world.poll()
        world.press(Delete, world.arrives("persoonsgegevens van iemand"), explain=True)
        world.later(seconds=world.settings.numbers.delete_grace_s)

        assert [call for call, _, _ in world.platform.letters] == ["reply_private"]
        assert counted(world) == {"gelezen": 1, "gemarkeerd": 1, "verwijderd": 1, "alarmen": 1}

    def test_dossiers_and_alarms(self, world: World) -> None:
        """By the moment they were made; a withdrawn one stays counted."""
        world.poll()
        case = world.arrives()
        now = world.clock.now()
        for number, made in enumerate((now, now - timedelta(days=8))):
            add(
                world,
                DossierRow(
                    number=f"SMD-2026-{number:06d}", case_id=case.id, made_by="noor", made_at=made, state="ingetrokken"
                ),
                IncidentRow(
                    key=f"reacties:{number}",
                    kind="reacties",
                    urgency=4,
                    platform="facebook",
                    account="1001",
                    opened_at=made,
                    calls_from=made,
                ),
            )

        found = of(world).totals
        assert (found["dossiers"], found["alarmen"]) == (1, 1)

    def test_the_edges_of_the_period(self, world: World) -> None:
        """The first moment belongs to it, the last one to the next."""
        world.clock.set(WEEK.end - timedelta(microseconds=1))
        world.arrives(INSULT, "1")
        world.press(Hide, world.case("1"))
        world.clock.set(WEEK.end)
        world.arrives(INSULT, "2")
        world.press(Hide, world.case("2"))

        assert counted(world) == {**NOBODY, "gelezen": 1, "gemarkeerd": 1, "verborgen": 1}
        assert counted(world, week("2026-W48"))["verborgen"] == 1


NOBODY = dict.fromkeys(TOTALS)
"""Nobody knows anything."""


class TestNoData:
    """What was not observed is not 0."""

    def test_nobody_looked(self, world: World) -> None:
        """No figure at all."""
        world.clock.advance(timedelta(hours=1))
        found = of(world)

        assert found.totals == NOBODY
        assert (found.observed, found.coverage[0].share) == (0.0, 0.0)

    def test_one_look(self, world: World) -> None:
        """Is enough to say that there was nothing."""
        world.poll()

        assert of(world).totals == dict.fromkeys(TOTALS, 0)

    def test_what_came_by_push_while_blind(self, world: World) -> None:
        """Is counted; of the rest nobody knows whether it was nothing."""
        world.arrives()

        assert of(world).totals == {**NOBODY, "gelezen": 1, "gemarkeerd": 1}

    def test_before_the_house_began(self, world: World) -> None:
        """No account was in use."""
        found = of(world, week("2026-W46"))

        assert found.totals == NOBODY
        assert (found.observed, found.coverage[0].share) == (None, None)
        assert all(figure is None for figures in found.days.values() for figure in figures.values())

    def test_a_day_on_which_nobody_looked(self, world: World) -> None:
        """Stands apart from a day on which there was nothing."""
        watched(world, at(17, 10), at(18, 10))
        watched(world, at(20, 0), at(21, 0))
        world.clock.set(at(20, 12))
        world.arrives()
        world.press(Hide)

        days = of(world).days
        assert list(days) == [f"2026-11-{number}" for number in range(16, 23)]
        assert days["2026-11-20"] == {"verborgen": 1, "verwijderd": 0, "laten_staan": 0}
        nothing, unknown = dict.fromkeys(DAYS, 0), dict.fromkeys(DAYS)
        assert [days[f"2026-11-{number}"] for number in (16, 17, 18, 19, 21, 22)] == [
            unknown,
            nothing,
            nothing,
            unknown,
            nothing,
            unknown,
        ]

    def test_the_week_of_a_clock_change(self, world: World) -> None:
        """Seven days, the long one as well."""
        assert list(of(world, week("2026-W43")).days)[-1] == "2026-10-25"
        assert len(of(world, week("2026-W43")).days) == 7

    def test_a_day_is_a_local_day(self, world: World) -> None:
        """What was done at 00:30 in Ghent belongs to that day."""
        world.clock.set(at(19, 0, 30))
        world.arrives()
        world.press(Hide)

        assert of(world).days["2026-11-19"]["verborgen"] == 1


class TestSpeed:
    """Of the cases opened in the period, inside and outside cover."""

    def test_time_to_the_first_decision(self, world: World) -> None:
        """From the moment the house saw it; what nobody decided yet is not in it."""
        for number, minutes in enumerate((4, 10)):
            world.arrives(INSULT, str(number))
            world.clock.advance(timedelta(minutes=minutes))
            world.press(Leave, world.case(str(number)))
        world.arrives(INSULT, "open")

        assert of(world).to_action == {"binnen": Span(420.0, 564.0, 2), "buiten": Span()}

    def test_outside_hours(self, world: World) -> None:
        """By the moment at which it came in, however late it was decided: also after the week."""
        world.clock.set(at(22, 23))
        world.arrives()
        world.clock.set(at(23, 9))
        world.press(Hide)

        found = of(world)
        assert found.to_action["buiten"] == Span(36_000.0, 36_000.0, 1)
        assert found.visible["buiten"] == Span(36_000.0, 36_000.0, 1)

    def test_an_event_is_cover(self, world: World) -> None:
        """A confirmed one; a proposal is not."""
        for name, state in (("Match", "bevestigd"), ("Misschien", "voorgesteld")):
            start = at(21, 18) if state == "bevestigd" else at(20, 18)
            add(world, event(name, start, start + timedelta(hours=6), state=state))
        for number, moment in enumerate((at(20, 20), at(21, 20))):
            world.clock.set(moment)
            world.arrives(INSULT, str(number))
            world.press(Leave, world.case(str(number)))

        found = of(world).to_action
        assert (found["binnen"].n, found["buiten"].n) == (1, 1)

    def test_an_author_who_was_first(self, world: World) -> None:
        """Nobody decided, and nobody hid it."""
        world.arrives()
        world.author_deletes()

        found = of(world)
        assert (found.to_action["binnen"], found.visible["binnen"]) == (Span(), Span())

    def test_an_author_who_came_after_the_decision(self, world: World) -> None:
        """Takes nothing away from it."""
        world.arrives()
        world.clock.advance(timedelta(minutes=1))
        world.press(Leave)
        world.clock.advance(timedelta(minutes=1))
        world.author_deletes()

        assert of(world).to_action["binnen"] == Span(60.0, 60.0, 1)

    def test_how_long_it_was_visible(self, world: World) -> None:
        """From its own time until it was first hidden; a deletion hides before it deletes."""
        world.arrives(INSULT, "1", created_at=world.clock.now() - timedelta(minutes=30))
        world.press(Delete, world.case("1"))
        world.later(seconds=60)
        world.arrives(INSULT, "2", created_at=world.clock.now() - timedelta(minutes=10))
        world.press(Hide, world.case("2"))
        world.press(Unhide, world.case("2"))
        world.clock.advance(timedelta(hours=1))
        world.press(Hide, world.case("2"))

        assert of(world).visible["binnen"] == Span(1200.0, 1680.0, 2)

    def test_an_unknown_time(self, world: World) -> None:
        """Counts from when it was first seen."""
        world.arrives(created_at=None)
        world.clock.advance(timedelta(minutes=3))
        world.press(Hide)

        assert of(world).visible["binnen"] == Span(180.0, 180.0, 1)

    def test_a_platform_whose_clock_is_ahead(self, world: World) -> None:
        """No time runs backwards."""
        world.arrives(created_at=world.clock.now() + timedelta(minutes=3))
        world.press(Hide)

        assert of(world).visible["binnen"] == Span(0.0, 0.0, 1)

    def test_hidden_by_hand(self, world: World) -> None:
        """Ends its being visible as well."""
        world.arrives()
        world.platform.faults["hide"] = [denied()]
        world.press(Hide)
        world.clock.advance(timedelta(minutes=2))
        world.press(DoneByHand)

        assert of(world).visible["binnen"] == Span(120.0, 120.0, 1)


def event(name: str, start: datetime, end: datetime, state: str = "bevestigd") -> EventRow:
    """An event."""
    return EventRow(name=name, kind="andere", state=state, starts_at=start, ends_at=end, by="ann", at=start)


def under(world: World, post: str, comment_id: str, text: str = INSULT) -> None:
    """A comment under a post of its own, pushed and taken in."""
    comment = replace(world.comment(text, comment_id), post_id=post)
    world.push(Change(ChangeKind.NIEUW, world.platform.put(comment)))
    world.run.work()


class TestWhat:
    """Categories and posts."""

    def test_categories(self, world: World) -> None:
        """Breaches of the cases opened; service categories are none."""
        for number, text in enumerate((INSULT, INSULT, THREAT, "klacht over een boete")):
            world.arrives(text, str(number))

        assert of(world).categories == {"belediging_scheldproza": 2, "bedreiging": 1}

    def test_posts_that_provoked_most(self, world: World) -> None:
        """Five at most, most breaches first; with all comments under them."""
        for post in range(7):
            for number in range(post):
                under(world, f"1001_{post}", f"{post}_{number}")
        under(world, "1001_6", "rustig", HARMLESS)

        found = of(world).posts
        assert [(post.breaches, post.comments) for post in found] == [(6, 7), (5, 5), (4, 4), (3, 3), (2, 2)]

    def test_a_post_that_was_read(self, world: World) -> None:
        """Has its title and address; one that was never read has none."""
        world.arrives()
        with world.database.write() as session:
            session.merge(
                PostRow(
                    platform="facebook",
                    post="1001_2001",
                    account="1001",
                    title="Controle in de Overpoort",
                    permalink="https://facebook.example/1",
                    read_at=world.clock.now(),
                )
            )
        assert of(world).posts == (PostFigures("Controle in de Overpoort", "https://facebook.example/1", 1, 1),)

        with world.database.write() as session:
            session.execute(sa.delete(PostRow))
        assert of(world).posts == (PostFigures("", None, 1, 1),)

    def test_without_a_breach_nothing_was_provoked(self, world: World) -> None:
        """A question is no breach."""
        world.arrives("klacht over een boete")

        assert of(world).posts == ()


class TestNow:
    """How it stands at the moment of the report."""

    def test_open_work(self, world: World) -> None:
        """By urgency; since when the oldest waits; what is in its grace, failed, or waits for a second reader."""
        first = world.clock.now()
        world.arrives(INSULT, "1")
        world.clock.advance(timedelta(minutes=5))
        cases = [world.arrives(THREAT if number == 2 else INSULT, str(number)) for number in (2, 3, 4)]
        world.press(Delete, cases[1])
        world.platform.faults["hide"] = [denied()]
        world.press(Hide, cases[2])
        add(
            world,
            DossierRow(number="SMD-2026-000001", case_id=cases[0].id, made_by="noor", made_at=first),
            DossierRow(number="SMD-2026-000002", case_id=cases[0].id, made_by="noor", made_at=first, state="nagekeken"),
        )

        assert of(world).work == OpenWork({"normaal": 2, "kritiek": 1}, first, grace=1, concepts=1, failed=1)

    def test_nothing_open(self, world: World) -> None:
        """There is no oldest."""
        assert of(world).work == OpenWork({}, None, 0, 0, 0)

    def test_events_of_the_week(self, world: World) -> None:
        """Those that ran in it and were confirmed, in order."""
        add(
            world,
            event("Later", at(23, 0), at(24, 0)),
            event("Lichtfestival", at(20, 18), at(23, 2)),
            event("Match", at(18, 18), at(18, 23)),
            event("Afgelast", at(18, 18), at(18, 23), state="afgelast"),
        )

        assert of(world).events == ("Match", "Lichtfestival")

    def test_events_of_the_day(self, world: World) -> None:
        """For a start of the day those of this day, until midnight; no days to draw, nothing to compare."""
        add(
            world,
            event("Gisteren", at(17, 18), at(18, 0)),
            event("Vanavond", at(18, 20), at(19, 2)),
            event("Morgen", at(19, 0), at(19, 8)),
        )
        found = of(world, day("2026-11-18", Cover()))

        assert found.events == ("Vanavond",)
        assert (found.days, found.previous) == ({}, NOBODY)


class TestCoverage:
    """How much was looked at."""

    def test_until_now(self, world: World) -> None:
        """Counted over the time that has passed, since the account came in use."""
        watched(world, at(17, 10), at(17, 16))
        world.clock.set(at(17, 18))

        found = of(world)
        assert (found.observed, found.coverage[0].share) == (0.75, 0.75)
        assert (found.coverage[0].label, found.coverage[0].account) == ("Facebook", "Gentse Flikken")

    def test_since_when(self, world: World) -> None:
        """Told when it came in use within the period; what was in use before has nothing to tell."""
        began = world.rows(AccountRow)[0].since
        watched(world, at(17, 10), at(17, 16))
        world.clock.set(at(17, 18))

        found = of(world)
        assert found.start < began == found.coverage[0].since == found.since
        assert digest_of(DigestRow(name="x", kind="x", content=to_data(found), made_at=began)) == found
        with world.database.write() as session:
            session.get(AccountRow, ("facebook", "1001")).since = found.start
        assert (of(world).coverage[0].since, of(world).since) == (None, None)

    def test_the_mean_of_the_accounts(self, world: World) -> None:
        """One that is not in use yet does not pull it down; an account whose platform is unknown keeps its key."""
        accounts = (
            *world.settings.accounts,
            Account("facebook", "2002", "Tweede"),
            Account("facebook", "3003", "Nieuw"),
        )
        object.__setattr__(world.house, "settings", replace(world.settings, accounts=accounts[:2]))
        world.start_again()
        object.__setattr__(world.house, "settings", replace(world.settings, accounts=accounts))
        watched(world, at(17, 10), at(17, 12))
        watched(world, at(17, 10), at(17, 11), "2002")
        world.clock.set(at(17, 12))

        found = of(world)
        assert [(each.label, each.share) for each in found.coverage] == [
            ("Facebook", 1.0),
            ("facebook", 0.5),
            ("facebook", None),
        ]
        assert found.observed == 0.75
        assert [each.since is None for each in found.coverage] == [False, False, True]
        assert found.since == found.coverage[0].since


def test_figures_do_not_hang_on_texts(world: World) -> None:
    """What is erased after its term changes no figure."""
    world.poll()
    for number in range(3):
        world.arrives(INSULT, str(number), author=Author("77", "Iemand"))
    world.press(Hide, world.case("0"))
    world.press(Leave, world.case("1"), reason="geen inbreuk")
    before = of(world)
    with world.database.write() as session:
        session.execute(sa.update(CommentRow).values(text="", author_id=None, author_name=None, media=[]))
        session.execute(sa.update(TextVersionRow).values(text=""))

    assert of(world) == before


def test_the_week_before_is_handed_in(world: World) -> None:
    """What was not handed in is not known."""
    assert of(world, previous={"verborgen": 4}).previous == {**NOBODY, "verborgen": 4}


def test_the_window_of_a_period() -> None:
    """A period is half open, as every window."""
    assert WEEK.window == Window(at_wall(WEEK.start.date() + timedelta(days=1), at(1).time()), WEEK.end)


@pytest.mark.parametrize("period", [WEEK, day("2026-11-18", Cover())])
def test_no_figure_is_about_one_person(world: World, period: Period) -> None:
    """No name and no key of a colleague or a citizen stands in a report."""
    world.arrives(author=Author("7771", "Test Persoon"))
    world.press(Hide, by="noor")
    told = repr(of(world, period))

    assert not any(each in told for each in ("noor", "Noor", "7771", "Persoon", INSULT))
