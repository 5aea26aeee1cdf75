"""`domain.ports.Herald` through apprise: one address, one letter, accepted or not.

A plain SMTP server without login: `mailto://HOST:PORT/to@zone.example?from=nabij@zone.example`. Mail gets the drawn
letter with its picture in place (by Content-ID), whatever else gets the plain text. apprise logs addresses; it is kept
quiet.
"""

import logging

from apprise import Apprise, AppriseAsset, AppriseAttachment, NotifyFormat
from apprise.attachment.memory import AttachMemory
from apprise.plugins import NotifyBase
from markupsafe import escape

from bot.quote import visible
from domain.ports import Letter

APP = "Nabij"
SERVICE_S = 30.0
"""Seconds in which a service must have taken a letter."""
CONNECT_S = 10.0
SUBJECT_MAX = 200

logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


class AppriseHerald:
    """Hands letters to whatever an apprise address stands for. Nothing is stored on disk. service_s: seconds that a
    service may take.
    """

    def __init__(self, service_s: float = SERVICE_S) -> None:
        self._asset = AppriseAsset(app_id=APP, app_desc=APP, service_timeout=service_s, pgp_autogen=False)

    def send(self, address: str, letter: Letter) -> bool:
        """True when it was accepted. Blocks for seconds, never raises."""
        service = Apprise.instantiate(address, asset=self._asset)
        if not isinstance(service, NotifyBase):
            return False
        service.socket_connect_timeout = min(service.socket_connect_timeout, CONNECT_S)
        post = Apprise(asset=self._asset)
        post.add(service)
        drawn = bool(letter.html) and _takes_html(service)
        if drawn:
            vars(service)["inline"] = True  # only mail knows it: the picture goes where the letter names it
        return bool(
            post.notify(
                title=_one_line(letter.subject),
                body=_drawn(letter) if drawn else _plain(letter),
                body_format=NotifyFormat.HTML if drawn else NotifyFormat.TEXT,
                attach=_picture(letter),
            )
        )


def _takes_html(service: NotifyBase) -> bool:
    """True where HTML comes first, as in mail. Elsewhere it would be turned into text on the way, without its links."""
    formats = service.notify_format
    return (formats[0] if isinstance(formats, tuple) else formats) == NotifyFormat.HTML


def _one_line(subject: str) -> str:
    """A subject that cannot begin another header, nor lie about its direction."""
    return visible(" ".join(subject.split()))[:SUBJECT_MAX]


def _drawn(letter: Letter) -> str:
    """The drawn letter; a picture that it does not place itself comes at its end, with its alternative text."""
    if not letter.picture or f"cid:{letter.picture_name}" in letter.html:
        return letter.html
    image = f'<p><img src="cid:{escape(letter.picture_name)}" alt="{escape(letter.alt)}"></p>'
    head, end, tail = letter.html.rpartition("</body>")
    return f"{head}{image}{end}{tail}" if end else letter.html + image


def _plain(letter: Letter) -> str:
    """The text, with what the picture shows."""
    return f"{letter.text}\n\n{letter.alt}" if letter.alt and letter.alt not in letter.text else letter.text


def _picture(letter: Letter) -> AppriseAttachment | None:
    if not letter.picture:
        return None
    kept = AttachMemory(  # type: ignore[no-untyped-call]  # apprise types most, not this
        content=letter.picture, name=letter.picture_name, mimetype="image/png"
    )
    return AppriseAttachment(kept)
