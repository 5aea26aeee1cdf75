"""The letter about a *melding*: what somebody on call reads. Fixed words only: no text, no name of a citizen."""

from collections.abc import Callable

from bot.texts import Words
from bot.texts.labels import CATEGORIES, URGENCIES
from bot.texts.times import long_date
from domain.model import CaseView
from domain.ports import Letter


def letter(case: CaseView, words: Words, *, names: Callable[[str], str], link: str, emergency: str) -> Letter:
    """Who reported which card, and where it is. link: address of the card, empty without one · emergency: number."""
    subject = " · ".join((words("Report"), words(CATEGORIES[case.category]), case.platform_label, case.number))
    lines = (
        words("{name} reported a comment on {platform}.", name=names(case.reported_by), platform=case.platform_label),
        "",
        words("Card: {number}", number=case.number),
        words("Urgency: {urgency}", urgency=words(URGENCIES[case.urgency])),
        words("Category: {category}", category=words(CATEGORIES[case.category])),
        words("Reported since {time}", time=long_date(case.seen_at, words)),
        words("Look at it: {link}", link=link) if link else words("Open Nabij to look at it."),
        "",
        words("You get this because you are on call. Immediate danger? Call {number}.", number=emergency),
    )
    return Letter(subject, "\n".join(lines) + "\n")
