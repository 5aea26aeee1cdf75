"""A report in words: sections, letter and files. It stands without its picture, and nothing in it is carried out."""

import base64
import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot import chart
from bot.letters import digest as letters
from bot.letters import digest_file
from bot.letters.digest import change, letter, percent, sections, text, title
from bot.scribe import HouseScribe
from bot.texts import catalogue
from domain.digests import TOTALS, AccountCoverage, Digest, OpenWork, PostFigures, Span
from domain.errors import Misconfigured
from domain.settings import Browser, Settings
from tests.fakes.clock import FakeClock
from tests.fakes.reports import HOSTILE, at, daily, per_day, quiet, totals, weekly

WORDS = catalogue()
HOUSE = "Gentse Flikken"


def rows(digest: Digest, key: str) -> dict[str, tuple[str, str]]:
    """A section: label → (value, note)."""
    return {
        row.label: (row.value, row.note) for part in sections(digest, WORDS) if part.key == key for row in part.rows
    }


def parts(digest: Digest) -> list[str]:
    """Titles of the sections, in order."""
    return [part.title for part in sections(digest, WORDS)]


class TestWeek:
    """Weekoverzicht."""

    def test_title(self) -> None:
        """Which week, and its first and last day."""
        assert title(weekly(), WORDS) == "Weekoverzicht 47: 16 november tot 22 november 2026"
        assert letters.name_of(weekly()) == "weekoverzicht:2026-W47"

    def test_order(self) -> None:
        """What people want to know first stands first."""
        assert parts(weekly()) == [
            "In één oogopslag",
            "Snelheid",
            "Categorieën",
            "Berichten die het meest uitlokten",
            "Open werk",
            "Evenementen",
            "Dekking",
        ]

    def test_what_is_empty_is_left_out(self) -> None:
        """No heading without a line under it."""
        bare = weekly(categories={}, posts=(), events=())

        assert parts(bare) == ["In één oogopslag", "Snelheid", "Open werk", "Dekking"]

    def test_at_a_glance(self) -> None:
        """Against last week: more, fewer, as many, and where one of the two is not known."""
        found = rows(weekly(), "totalen")

        assert found["Gelezen reacties"] == ("4.812", "+12 tegenover vorige week")
        assert found["Als inbreuk gemarkeerd"] == ("149", "3,1 % van wat gelezen is · evenveel als vorige week")
        assert found["Verborgen"] == ("71", "−3 tegenover vorige week")
        assert found["Verwijderd"] == ("13", "vorige week: geen gegevens")

    def test_no_data(self) -> None:
        """Is said, and compared with nothing."""
        found = rows(weekly(totals=dict.fromkeys(TOTALS)), "totalen")

        assert found["Verborgen"] == ("geen gegevens", "")
        assert found["Als inbreuk gemarkeerd"] == ("geen gegevens", "")
        assert {value for value, _ in found.values()} == {"geen gegevens"}

    def test_speed(self) -> None:
        """Middle and nine in ten, inside and outside the hours, and over how many."""
        assert rows(weekly(), "snelheid") == {
            "Tot de eerste beslissing, binnen de uren": ("9 min", "9 op 10 binnen 41 min · 96 gevallen"),
            "Tot de eerste beslissing, buiten de uren": ("9 u", "9 op 10 binnen 16 u · 31 gevallen"),
            "Zichtbaar tot verborgen of verwijderd, binnen de uren": ("14 min", "9 op 10 binnen 50 min · 60 gevallen"),
            "Zichtbaar tot verborgen of verwijderd, buiten de uren": ("geen gevallen", ""),
        }

    def test_speed_that_nobody_saw(self) -> None:
        """Without a look there is no telling whether there were cases."""
        blind = weekly(observed=None, to_action={"binnen": Span(), "buiten": Span(60.0, 60.0, 1)})

        assert rows(blind, "snelheid")["Tot de eerste beslissing, binnen de uren"] == ("geen gegevens", "")
        assert (
            rows(blind, "snelheid")["Tot de eerste beslissing, buiten de uren"][1] == "9 op 10 binnen 1 min · 1 geval"
        )

    def test_categories(self) -> None:
        """Most first, then as in the table of categories; whatever order the database gave."""
        assert list(rows(weekly(), "categorieen").items()) == [
            ("Belediging / scheldproza", ("96", "")),
            ("Racisme of discriminerende taal", ("29", "")),
            ("Bedreiging", ("12", "")),
            ("Trollen", ("12", "")),
        ]

    def test_posts(self) -> None:
        """With their number of comments; one without a title is called so. Only web addresses become links."""
        assert rows(weekly(), "berichten") == {
            "Autovrije zone tijdens de Feesten": ("31 inbreuken", "van 412 reacties"),
            "Een bericht zonder titel": ("1 inbreuk", "van 1 reactie"),
        }
        bad = weekly(
            posts=(PostFigures("x", "javascript:alert(1)", 1, 1), PostFigures("y", "https://a.example/", 1, 1))
        )
        links = [row.url for part in sections(bad, WORDS) if part.key == "berichten" for row in part.rows]
        assert links == ["", "https://a.example/"]

    def test_open_work(self) -> None:
        """Most urgent first, and since when the oldest waits."""
        assert list(rows(weekly(), "werk").items()) == [
            ("Open gevallen", ("4", "1 kritiek, 3 normaal")),
            ("Het oudste wacht sinds", ("za 21 nov 23:04", "")),
            ("Geplande verwijderingen", ("1", "")),
            ("Dossiers die op een tweede lezer wachten", ("2", "")),
            ("Mislukte handelingen", ("1", "")),
        ]

    def test_no_open_work(self) -> None:
        """Is good news, and said."""
        assert rows(weekly(work=OpenWork({}, None, 0, 0, 0)), "werk") == {"Open gevallen": ("0", "niets wacht")}

    def test_coverage(self) -> None:
        """Rounded down, per account when there are several."""
        assert list(rows(weekly(), "dekking").items()) == [
            ("Waargenomen", ("98,7 %", "")),
            ("Facebook · Gentse Flikken", ("98,7 %", "")),
            ("Facebook · Wijkpolitie Rabot", ("geen gegevens", "")),
        ]
        one = weekly(coverage=(AccountCoverage("Facebook", HOUSE, 1.0),), observed=1.0)
        assert rows(one, "dekking") == {"Waargenomen": ("100 %", "")}

    def test_coverage_of_what_came_in_use_later(self, tmp_path: Path) -> None:
        """A share of the rest of the week is not read as one of the whole: since when stands beside it, everywhere."""
        young = AccountCoverage("Facebook", HOUSE, 0.9995, at(21, 22, 45))
        one = weekly(coverage=(young,), observed=0.9995)
        note = "in gebruik sinds za 21 nov 22:45"

        assert rows(one, "dekking") == {"Waargenomen": ("99,9 %", note)}
        assert letters.observed(one, WORDS) == f"99,9 %, {note}"
        assert note in text(one, WORDS, house=HOUSE)
        assert note in letter(one, WORDS, house=HOUSE).html
        quiet_one = quiet(coverage=(young,))
        assert f"Waargenomen: 100 %, {note}." in text(quiet_one, WORDS, house=HOUSE)
        for name in ("x.csv", "x.md", "x.html"):
            digest_file.write(one, tmp_path / name, WORDS, house=HOUSE)
            assert note.replace(":", "") in (tmp_path / name).read_text("utf-8").replace(":", "")

    def test_coverage_of_several_that_came_in_use_later(self) -> None:
        """Each says its own; all together say it only when none was in use before."""
        old, young = AccountCoverage("Facebook", "A", 1.0), AccountCoverage("Facebook", "B", 1.0, at(21, 22, 45))
        unused = AccountCoverage("Facebook", "C", None)

        mixed = rows(weekly(coverage=(old, young, unused)), "dekking")
        assert [note for _, note in mixed.values()] == ["", "", "in gebruik sinds za 21 nov 22:45", ""]
        assert weekly(coverage=(young, replace(young, since=at(20, 9)), unused)).since == at(20, 9)
        assert weekly(coverage=(unused,)).since is weekly(coverage=()).since is None


class TestDay:
    """Dagstart."""

    def test_title_and_order(self) -> None:
        """What waits comes first; what was done since the last one, from when on."""
        assert title(daily(), WORDS) == "Dagstart maandag 23 november 2026"
        assert parts(daily()) == ["Wat nu wacht", "Vandaag", "Sinds vr 20 nov 09:00", "Dekking"]

    def test_only_what_there_was(self) -> None:
        """A 0 takes no line; no data does."""
        found = rows(daily(totals=totals(640, 12, 4, None, 0, 0, 0, 0)), "totalen")

        assert list(found) == ["Gelezen reacties", "Als inbreuk gemarkeerd", "Verborgen", "Verwijderd"]
        assert found["Verwijderd"] == ("geen gegevens", "")
        assert found["Gelezen reacties"] == ("640", "")

    def test_nothing_to_report(self) -> None:
        """One line."""
        (only,) = sections(quiet(), WORDS)

        assert (only.title, only.rows) == ("Niets te melden", ())
        assert only.line == "212 reacties gelezen, geen enkele gemarkeerd. Waargenomen: 100 %."

    @pytest.mark.parametrize(
        "change",
        [
            {"events": ("Match",)},
            {"observed": None},
            {"observed": 0.0},
            {"work": OpenWork({"laag": 1}, None, 0, 0, 0)},
            {"work": OpenWork({}, None, 1, 0, 0)},
            {"work": OpenWork({}, None, 0, 1, 0)},
            {"totals": totals(212, 0, 0, 0, 1, 0, 0, 0)},
            {"totals": totals(212, 0, 0, 0, 0, 0, 0, None)},
        ],
    )
    def test_something_to_report(self, change: dict[str, object]) -> None:
        """Whatever waits, ran, was done or was not seen."""
        assert "Niets te melden" not in parts(quiet(**change))


class TestFigures:
    """How figures are written."""

    @pytest.mark.parametrize(
        ("share", "said"),
        [
            (0.0, "0 %"),
            (0.29, "29 %"),
            (0.987, "98,7 %"),
            (0.98799, "98,7 %"),
            (0.999999, "99,9 %"),
            (1.0, "100 %"),
            (None, "geen gegevens"),
        ],
    )
    def test_shares(self, share: float | None, said: str) -> None:
        """What was not wholly watched is never 100 %."""
        assert percent(share, WORDS) == said

    @pytest.mark.parametrize(
        ("now", "then", "said"),
        [(5, 2, "+3"), (2, 4, "−2"), (3, 3, ""), (None, 3, ""), (3, None, ""), (1200, 0, "+1200")],
    )
    def test_changes(self, now: int | None, then: int | None, said: str) -> None:
        """Only when both are known and differ."""
        assert change(now, then) == said


class TestLetter:
    """What goes out by mail."""

    def test_subjects(self) -> None:
        """What matters in a list of mails."""
        assert letter(weekly(), WORDS, house=HOUSE).subject == (
            "Weekoverzicht week 47: verborgen 71, verwijderd 13, laten staan 43"
        )
        assert letter(daily(), WORDS, house=HOUSE).subject == "Dagstart ma 23 nov: 4 open"
        assert letter(quiet(), WORDS, house=HOUSE).subject == "Dagstart ma 23 nov: niets te melden"

    def test_the_text_stands_alone(self) -> None:
        """Every figure of the page and of the chart."""
        told = text(weekly(), WORDS, house=HOUSE, link="https://nabij.example/overzicht/x")

        assert "Verborgen: 71 (−3 tegenover vorige week)" in told
        assert "ma 16 nov: verborgen 8, verwijderd 2, laten staan 5" in told
        assert "do 19 nov: geen gegevens\n" in told
        assert "zo 22 nov: verborgen 0, verwijderd 0, laten staan 0" in told
        assert "https://nabij.example/overzicht/x" in told
        assert told.endswith("niemand wordt apart geteld.\n")

    def test_the_picture(self) -> None:
        """One chart with its words; a start of the day has none."""
        made = letter(weekly(), WORDS, house=HOUSE)

        assert made.picture == chart.draw(weekly(), WORDS)
        assert (made.picture_name, made.alt) == ("weekoverzicht-2026-W47.png", chart.alt(weekly(), WORDS))
        bare = letter(daily(), WORDS, house=HOUSE)
        assert (bare.picture, bare.picture_name, bare.alt) == (b"", "", "")

    def test_drawn_for_mail(self) -> None:
        """Nothing is fetched: no picture, style, letters or script from anywhere. The chart goes along beside it."""
        drawn = letter(weekly(), WORDS, house=HOUSE).html

        assert not re.search(r"<(img|link|script|iframe|style)|url\(|src=", drawn)
        assert set(re.findall(r'href="([^"]*)"', drawn)) == {"https://facebook.example/1001/1"}
        assert drawn.count("<h1") == 1

    @pytest.mark.parametrize("made", [weekly(), daily(), quiet()])
    def test_the_same_in_both_forms(self, made: Digest) -> None:
        """Whoever reads the drawn one reads what stands in the text."""
        drawn = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", letter(made, WORDS, house=HOUSE).html))

        for part in sections(made, WORDS):
            assert part.title in drawn
            assert all(row.value in drawn for row in part.rows)

    def test_hostile_words(self) -> None:
        """Titles and names are shown as they are, and say what direction they hide."""
        bad = weekly(posts=(PostFigures(HOSTILE, None, 1, 1),), events=(HOSTILE,))
        made = letter(bad, WORDS, house=HOUSE)

        assert "<script>" not in made.html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in made.html
        assert "\u202e" not in made.html + made.text
        assert "⟨U+202E⟩" in made.text

    def test_from_the_scribe(self) -> None:
        """With a way to its page only when the house can be reached by that name."""
        inside = Settings(data=Path(), database_url="sqlite://")
        outside = replace(inside, browser=Browser(publiek_adres="nabij.example"))

        told = [HouseScribe(each, str, WORDS, FakeClock()).digest(daily()).text for each in (inside, outside)]
        assert "http" not in told[0]
        assert "\nhttps://nabij.example/overzicht/dagstart:2026-11-23\n" in told[1]


class TestFiles:
    """`digest --to FILE`."""

    def write(self, digest: Digest, path: Path) -> str:
        """A report as a file."""
        digest_file.write(digest, path, WORDS, house=HOUSE)
        return path.read_text(encoding="utf-8-sig" if path.suffix == ".csv" else "utf-8")

    def test_html(self, tmp_path: Path) -> None:
        """Whole in itself: the chart is in it, with its words."""
        drawn = self.write(weekly(), tmp_path / "week.html")

        held = re.search(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)"', drawn)
        assert held is not None
        assert base64.b64decode(held[1]) == chart.draw(weekly(), WORDS)
        assert held[2] == chart.alt(weekly(), WORDS)
        assert "<img" not in self.write(daily(), tmp_path / "dag.HTML".lower())

    def test_markdown(self, tmp_path: Path) -> None:
        """Figures per section, and the days as a table; nothing foreign is carried out."""
        bad = weekly(posts=(PostFigures(HOSTILE, None, 1, 1),))
        told = self.write(bad, tmp_path / "week.md")

        assert told.startswith("# Weekoverzicht 47: 16 november tot 22 november 2026\n\nGentse Flikken\n\n## In één")
        assert "\n- Verborgen: **71** (−3 tegenover vorige week)\n" in told
        assert "\n| do 19 nov | geen gegevens | geen gegevens | geen gegevens |\n" in told
        assert "\\<script\\>" in told
        assert "\\[x\\]\\(javascript:0\\)" in told
        assert "## Niets te melden\n\n212 reacties gelezen" in self.write(quiet(), tmp_path / "dag.md")

    def test_csv(self, tmp_path: Path) -> None:
        """Bare figures for a spreadsheet: semicolons, seconds, no data as words; nothing begins a formula."""
        bad = weekly(posts=(PostFigures("=1+1", None, 31, 412),))
        table = list(csv.reader(io.StringIO(self.write(bad, tmp_path / "week.csv")), delimiter=";"))

        assert table[0] == ["Onderdeel", "Wat", "Cijfer", "Vorige week", "9 op 10 binnen", "Gevallen"]
        assert ["totalen", "Verborgen", "71", "74", "", ""] in table
        assert ["totalen", "Verwijderd", "13", "geen gegevens", "", ""] in table
        assert ["snelheid", "Tot de eerste beslissing, binnen de uren", "540", "", "2460", "96"] in table
        assert ["snelheid", "Zichtbaar tot verborgen of verwijderd, buiten de uren", "", "", "", "0"] in table
        assert ["berichten", "'=1+1", "31", "", "", "412"] in table
        assert ["werk", "Kritiek", "1", "", "", ""] in table
        assert ["dekking", "Facebook · Gentse Flikken", "98,7 %", "", "", ""] in table
        assert ["dagen", "do 19 nov · Verborgen", "geen gegevens", "", "", ""] in table
        assert {len(row) for row in table} == {6}

    def test_csv_of_a_day(self, tmp_path: Path) -> None:
        """There is nothing to compare with, which is not the same as no data."""
        table = list(csv.reader(io.StringIO(self.write(daily(), tmp_path / "dag.csv")), delimiter=";"))

        assert ["totalen", "Verborgen", "4", "", "", ""] in table

    @pytest.mark.parametrize("name", ["week.pdf", "week", "week.html.txt"])
    def test_another_suffix(self, tmp_path: Path, name: str) -> None:
        """Is refused, and nothing is written."""
        with pytest.raises(Misconfigured, match=r"\.html, \.md or \.csv"):
            digest_file.write(weekly(), tmp_path / name, WORDS, house=HOUSE)
        assert list(tmp_path.iterdir()) == []

    def test_where_nothing_can_be_written(self, tmp_path: Path) -> None:
        """Is told; what stood there stays, and nothing is half-written."""
        (tmp_path / "week.md").mkdir()
        for path in (tmp_path / "week.md", tmp_path / "nergens" / "week.md"):
            with pytest.raises(Misconfigured, match="cannot be written"):
                digest_file.write(weekly(), path, WORDS, house=HOUSE)
        assert [path.name for path in tmp_path.iterdir()] == ["week.md"]

    def test_lone_surrogates(self, tmp_path: Path) -> None:
        """A title that is no text stops no report."""
        bad = weekly(posts=(PostFigures("\ud800 half", None, 1, 1),), days=per_day(*[None] * 7))
        for name in ("a.md", "a.csv", "a.html"):
            assert "half" in self.write(bad, tmp_path / name)
