"""A dossier as people read it: literal, spelled out, two axes apart; and what the file says of itself."""

import html as entities
import re
from pathlib import Path

import pytest

from bot.letters.dossier import body, compare, files, part, read_me
from bot.texts import catalogue
from commands.dossiers import contents
from domain.dossier import Slip
from domain.orders import Hide
from tests.fakes.dossier import Paper
from tests.fakes.house import LOST_PHOTO, PHOTO, THREAT, down

WORDS = catalogue()
HOSTILE = 'bedreiging <script>alert(1)</script> \u202egnik\u202c \u200b\U0001f621 & "aanhaling"'


def read(paper: Paper, *, linked: bool = False) -> str:
    """The page of the first dossier."""
    with paper.house.read() as session:
        return str(body(contents(session, paper.house, 1), WORDS, linked=linked))


def plain(page: str) -> str:
    """A page as it reads."""
    return re.sub(r"\s+", " ", entities.unescape(re.sub(r"<[^>]+>", " ", page)))


class TestPage:
    """The same in the browser channel and in the file."""

    def test_two_axes_apart(self, tmp_path: Path) -> None:
        """Which house rule, and what police and justice decide; the qualification is for whoever draws up the PV."""
        paper = Paper(tmp_path)
        paper.document(elements=("opzet",), complaint="te_vragen", target="groep", note="Een nota.")
        page = plain(read(paper))

        assert "1 · Huisregel die overtreden is" in page
        assert "2 · Mogelijk strafbaar" in page
        assert "Kwalificatie in te vullen door de opsteller" in page
        assert "Klacht te vragen" in page
        assert "Een nota." in page
        assert "Tweede lezer nog niet nagekeken" in page

    def test_texts_stand_behind_a_click(self, tmp_path: Path) -> None:
        """Those of strangers never stand outside a closed <details>."""
        paper = Paper(tmp_path)
        paper.comment("een andere lelijke zin", "2001_0")
        paper.document()
        page = read(paper)

        assert THREAT in page
        assert "een andere lelijke zin" in page
        outside = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
        assert THREAT not in outside
        assert "een andere lelijke zin" not in outside
        assert "<details open" not in page

    def test_hostile_words_are_literal_and_spelled_out(self, tmp_path: Path) -> None:
        """Nothing in a text, a name, a note or a reason becomes markup; what hides is named."""
        paper = Paper(tmp_path, HOSTILE, media=(LOST_PHOTO, PHOTO))
        paper.document(note=HOSTILE, injured="<i>N.</i>", criterion="<img src=x onerror=1>")
        page = read(paper)

        assert "<script" not in page
        assert "<img" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "⟨U+202E⟩gnik⟨U+202C⟩" in page
        assert "RIGHT-TO-LEFT OVERRIDE" in page
        assert page.count("<bdi>") == page.count("</bdi>")

    def test_an_edit_shows_the_difference(self, tmp_path: Path) -> None:
        """Both texts, and word by word what the author changed."""
        paper = Paper(tmp_path)
        paper.edits("bedreiging van niemand")
        paper.document()
        page = read(paper)

        assert "<del>iemand</del><ins>niemand</ins>" in page
        assert "Toon wat versie 2 veranderde" in page

    def test_what_is_missing_stands_first(self, tmp_path: Path) -> None:
        """Each part with its reason, before anything else."""
        paper = Paper(tmp_path, permalink=None, media=(LOST_PHOTO,))
        paper.document()
        page = plain(read(paper))

        assert page.lstrip().startswith("Wat ontbreekt (2)")
        assert "Foto of film 1 : 404" in page
        assert "Rechtstreekse link naar de reactie : niet meegegeven door het platform" in page

    def test_since_when_it_cannot_be_read(self, tmp_path: Path) -> None:
        """When the platform no longer gave it."""
        paper = Paper(tmp_path)
        paper.platform.faults["comment"] = [down()]
        paper.document()

        assert "Niet meer opvraagbaar sinds 17 nov 2026 10:00:00 (09:00:00 UTC) · 2" in plain(read(paper))

    def test_pictures_open_in_the_file_only(self, tmp_path: Path) -> None:
        """There they lie beside the page."""
        paper = Paper(tmp_path)
        paper.document()

        assert 'href="media/0.png"' in read(paper, linked=True)
        assert "href=" not in read(paper)

    def test_what_happened(self, tmp_path: Path) -> None:
        """Every line of the register about the case, with its number."""
        paper = Paper(tmp_path)
        paper.press(Hide, by="jef")
        paper.document()
        page = plain(read(paper))

        assert "Uitkomst · Verbergen · Gelukt · M1" in page
        assert "Dossier concept · Documenteren (PV) · Noor V." in page

    def test_an_addition_names_the_first(self, tmp_path: Path) -> None:
        """So that both are read."""
        paper = Paper(tmp_path)
        paper.document()
        paper.review()
        paper.document(note="nog iets")
        with paper.house.read() as session:
            page = plain(body(contents(session, paper.house, 2), WORDS))

        assert "Vult aan SMD-2026-000001" in page


class TestFile:
    """The page and LEESMIJ.txt in the sealed file."""

    def test_stands_alone(self, tmp_path: Path) -> None:
        """Nothing is fetched from anywhere, nothing runs."""
        paper = Paper(tmp_path)
        paper.document()
        with paper.house.read() as session:
            made = files(contents(session, paper.house, 1), WORDS)
        page = made["dossier.html"].decode()

        assert page.startswith("<!doctype html>")
        assert "default-src 'none'; style-src 'unsafe-inline'" in page
        assert "<script" not in page
        assert " src=" not in page
        assert made.keys() == {"dossier.html", "LEESMIJ.txt"}

    def test_says_what_it_proves_and_what_not(self, tmp_path: Path) -> None:
        """Plainly, with the commands to check it."""
        paper = Paper(tmp_path)
        paper.document()
        with paper.house.read() as session:
            text = read_me(contents(session, paper.house, 1), WORDS)

        proven, _, rest = text.partition("Wat niet bewezen is")
        assert "Geen byte is gewijzigd" in proven
        assert "de identiteit is niet geverifieerd" in rest
        assert "nog geen tijdstempel van een derde" in rest
        assert "sha256sum -c manifest-sha256.txt" in rest
        assert "Get-FileHash" in rest


class TestWords:
    """Names of parts, and differences."""

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("media 0", "Foto of film 1"),
            ("bron 2.01", "Ruwe bytes 2.01"),
            ("bericht", "Bericht erboven"),
            ("iets 3", "iets 3"),
        ],
    )
    def test_parts(self, name: str, said: str) -> None:
        """As people call them; an unknown one shows itself."""
        assert part(Slip(name), WORDS) == said

    def test_long_texts_are_shown_whole(self) -> None:
        """Comparing word by word would take too long."""
        old, new = "a " * 3000, "b " * 3000

        assert [(piece.kind, piece.text) for piece in compare(old, new)] == [("weg", old), ("nieuw", new)]

    def test_what_was_added_or_taken_away(self) -> None:
        """Nothing empty in between."""
        assert [(piece.kind, piece.text) for piece in compare("een twee", "een twee drie")] == [
            ("zelfde", "een twee"),
            ("nieuw", " drie"),
        ]
        assert [piece.kind for piece in compare("een twee", "een")] == ["zelfde", "weg"]
