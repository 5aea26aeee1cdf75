"""The letter to somebody who is called: what must be known in ten lines, and one press."""

from bot.incidents import IncidentCard, Sight, card, push
from bot.letters.drawer import template
from domain.incidents import IncidentView
from domain.ports import Letter


def letter(view: IncidentView, sight: Sight, *, link: str) -> Letter:
    """An incident as a letter. link: single-use address of the phone page, empty without one."""
    drawn = card(view, sight)
    subject = push(view, sight.words)
    return Letter(subject, text(drawn, subject, sight, link=link), html(drawn, subject, sight, link=link))


def text(drawn: IncidentCard, subject: str, sight: Sight, *, link: str) -> str:
    """The letter in plain text, also for a lock screen: what matters most stands first."""
    parts = (
        [subject, drawn.asked],
        [_invitation(sight, link=link)],
        [drawn.what, *(f"{fact.label}: {fact.value}" for fact in drawn.facts), *drawn.samples],
        [f"{drawn.state}; {drawn.next}" if drawn.next else drawn.state],
        [drawn.url] if drawn.url else [],
        [drawn.footer],
    )
    return "\n\n".join("\n".join(line for line in part if line) for part in parts if any(part)) + "\n"


def html(drawn: IncidentCard, subject: str, sight: Sight, *, link: str) -> str:
    """The letter drawn for mail."""
    words = sight.words
    return template("alert.html").render(
        _=words,
        language=words.language.replace("_", "-"),
        card=drawn,
        subject=subject,
        link=link,
        invitation=_invitation(sight, link=""),
    )


def _invitation(sight: Sight, *, link: str) -> str:
    if not link:
        return sight.words("Open Nabij to answer.")
    return sight.words("Answer here, once, within 12 hours: {link}", link=link)
