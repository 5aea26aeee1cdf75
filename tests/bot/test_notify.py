"""Letters to people outside: a real SMTP server on this machine receives what we send."""

import email
import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.message import EmailMessage
from typing import Any

import apprise
import pytest
from aiosmtpd.controller import Controller

from bot.notify.herald import AppriseHerald
from domain.ports import Letter

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
TEXT = Letter("KRITIEK · Bedreiging", "Eén dreiging, dag 4 van 10.\n101 bij acuut gevaar.")
DRAWN = replace(TEXT, html="<html><body><h1>Eén dreiging</h1><p>&lt;b&gt; is tekst</p></body></html>")
CHART = replace(DRAWN, picture=PNG, picture_name="cijfers.png", alt="12 verborgen, 3 verwijderd")


class Post:
    """Takes every letter, unless told not to."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], EmailMessage]] = []
        self.answer = "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """One letter."""
        if self.answer.startswith("250"):
            letter = email.message_from_bytes(envelope.content, policy=policy.default)
            self.taken.append((envelope.mail_from, envelope.rcpt_tos, letter))
        return self.answer


class Office:
    """A mail server on loopback."""

    def __init__(self) -> None:
        self.post = Post()
        self._server = Controller(self.post, hostname="127.0.0.1", port=free_port())
        self._server.start()

    @property
    def address(self) -> str:
        """What stands in `.env`."""
        return f"mailto://127.0.0.1:{self._server.port}/els@zone.example?from=nabij@zone.example"

    @property
    def letter(self) -> EmailMessage:
        """The one letter that came."""
        assert len(self.post.taken) == 1
        return self.post.taken[0][2]

    def part(self, kind: str) -> Any:
        """The content of the part of this type."""
        return next(part for part in self.letter.walk() if part.get_content_type() == kind).get_content()

    def close(self) -> None:
        """Shut it."""
        self._server.stop()


def free_port() -> int:
    """A port that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def office() -> Iterator[Office]:
    """A mail server."""
    made = Office()
    yield made
    made.close()


class TestMail:
    """What arrives."""

    def test_text(self, office: Office) -> None:
        """Subject and text, whole, from and to whom the address says."""
        assert AppriseHerald().send(office.address, TEXT)
        sender, readers, letter = office.post.taken[0]
        assert (sender, readers) == ("nabij@zone.example", ["els@zone.example"])
        assert letter["Subject"] == "KRITIEK · Bedreiging"
        assert office.part("text/plain").split() == TEXT.text.split()

    def test_drawn(self, office: Office) -> None:
        """The drawn letter, and a readable text beside it for who sees no HTML."""
        assert AppriseHerald().send(office.address, DRAWN)
        assert office.part("text/html").strip() == DRAWN.html
        assert "Eén dreiging" in office.part("text/plain")
        assert "<b> is tekst" in office.part("text/plain")

    def test_picture_in_its_place(self, office: Office) -> None:
        """The picture is part of the letter, with its alternative text, byte for byte."""
        assert AppriseHerald().send(office.address, CHART)
        picture = next(part for part in office.letter.walk() if part.get_content_type() == "image/png")
        assert (picture["Content-ID"], picture.get_content_disposition()) == ("<cijfers.png>", "inline")
        assert picture.get_content() == PNG
        assert '<img src="cid:cijfers.png" alt="12 verborgen, 3 verwijderd"></p></body>' in office.part("text/html")

    def test_a_letter_that_places_its_picture(self, office: Office) -> None:
        """It is not shown twice."""
        html = '<p><img src="cid:cijfers.png" alt="staafjes"></p>'
        assert AppriseHerald().send(office.address, replace(CHART, html=html))
        assert office.part("text/html").count("<img") == 1

    def test_picture_without_body(self, office: Office) -> None:
        """A piece of HTML without a body of its own gets it at its end."""
        assert AppriseHerald().send(office.address, replace(CHART, html="<p>kort</p>"))
        assert office.part("text/html").strip().startswith("<p>kort</p><p><img")

    def test_picture_with_a_plain_letter(self, office: Office) -> None:
        """Without HTML it is attached, and the text says what it shows."""
        assert AppriseHerald().send(office.address, replace(CHART, html=""))
        assert CHART.alt in office.part("text/plain")
        assert office.part("image/png") == PNG


class TestHostile:
    """Nothing in a letter gets out of its place."""

    def test_a_subject_that_wants_to_be_a_header(self, office: Office) -> None:
        """A new line in a subject is a space."""
        hostile = replace(TEXT, subject="Kort\r\nBcc: iedereen@elders.example\r\n\r\nlijf")
        assert AppriseHerald().send(office.address, hostile)
        assert office.letter["Bcc"] is None
        assert office.letter["Subject"] == "Kort Bcc: iedereen@elders.example lijf"
        assert office.post.taken[0][1] == ["els@zone.example"]

    def test_a_subject_that_turns_around(self, office: Office) -> None:
        """Characters that change the direction are shown, not obeyed; any letter of any language arrives."""
        assert AppriseHerald().send(office.address, replace(TEXT, subject="a\u202egnp.exe ☃ 😀 \x00"))
        assert office.letter["Subject"] == "a⟨U+202E⟩gnp.exe ☃ 😀 ⟨U+0000⟩"

    def test_a_very_long_letter(self, office: Office) -> None:
        """A subject of a line, ten thousand characters of text."""
        assert AppriseHerald().send(office.address, Letter("s" * 5000, "é😀" * 5000))
        assert len(office.letter["Subject"]) == 200
        assert office.part("text/plain").count("😀") == 5000

    def test_text_is_never_interpreted(self, office: Office) -> None:
        """Neither escapes nor emoji words nor tags in a plain text."""
        text = r"\n is geen regel, :smile: geen lach, <b>geen vet</b>, {{ niets }} $HOME"
        assert AppriseHerald().send(office.address, replace(TEXT, text=text))
        assert office.part("text/plain").strip() == text


class TestRefused:
    """A letter that was not taken: False, quickly, and never an error."""

    def test_the_server_says_no(self, office: Office) -> None:
        """It answered, and refused."""
        office.post.answer = "554 no"
        assert not AppriseHerald().send(office.address, TEXT)

    def test_nobody_listens(self) -> None:
        """No server there."""
        assert not AppriseHerald().send(f"mailto://127.0.0.1:{free_port()}/els@zone.example?from=n@zone.example", TEXT)

    @pytest.mark.parametrize(
        "address", ["", "msteams://a/b/c", "geen adres", "fake://els", "mailto://", "mailto://127.0.0.1:x/\u202e"]
    )
    def test_no_address(self, address: str) -> None:
        """What is no address of apprise takes nothing."""
        assert not AppriseHerald().send(address, TEXT)

    def test_a_server_that_says_nothing(self) -> None:
        """Accepts the connection and is silent: given up in time."""
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            port = silent.getsockname()[1]
            address = f"mailto://127.0.0.1:{port}/els@zone.example?from=n@zone.example&cto=0.2"
            assert not AppriseHerald(service_s=1).send(address, TEXT)


class TestQuiet:
    """Addresses may hold passwords, and texts hold citizens."""

    def test_nothing_is_logged_or_printed(
        self, office: Office, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        """Neither when it works nor when it does not."""
        with caplog.at_level(logging.DEBUG):
            AppriseHerald().send(office.address, CHART)
            AppriseHerald().send("mailto://wie:geheim@127.0.0.1:1/?from=n@zone.example", TEXT)
            AppriseHerald().send("rommel://geheim", TEXT)
        printed = capfd.readouterr()
        ours = [record.getMessage() for record in caplog.records if record.name != "mail.log"]  # the server of the test
        said = " ".join(ours) + printed.out + printed.err
        assert "zone.example" not in said
        assert "geheim" not in said
        assert "dreiging" not in said


class TestOther:
    """Ways that are no mail."""

    def test_a_push_gets_the_plain_text(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No HTML on a lock screen."""
        given: dict[str, Any] = {}

        def notify(_self: apprise.Apprise, **values: Any) -> bool:
            given.update(values)
            return True

        monkeypatch.setattr(apprise.Apprise, "notify", notify)
        assert AppriseHerald().send("smseagle://token@127.0.0.1/32470000000", DRAWN)
        assert (given["body"], given["body_format"]) == (TEXT.text, apprise.NotifyFormat.TEXT)
