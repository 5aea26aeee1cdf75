"""The scribe of the house (`domain.ports.Scribe`): each kind of letter is drawn by its module in `bot.letters`."""

from collections.abc import Callable, Mapping

from bot.incidents import Sight
from bot.letters import alert as alert_letter
from bot.letters import digest as digest_letter
from bot.letters import dossier as dossier_letter
from bot.letters import report as report_letter
from bot.texts import Words
from domain.clock import Clock
from domain.digests import Digest
from domain.dossier import Contents
from domain.incidents import IncidentView
from domain.model import CaseView
from domain.ports import Letter
from domain.settings import Settings


class HouseScribe:
    """Draws letters in the language and with the names of the house. names: person key → name."""

    def __init__(self, settings: Settings, names: Callable[[str], str], words: Words, clock: Clock) -> None:
        self._settings, self._names, self._words, self._clock = settings, names, words, clock

    def alert(self, incident: IncidentView, *, link: str) -> Letter:
        """What somebody who is called reads."""
        number, mute_min = self._settings.texts.noodnummer, self._settings.numbers.alert_mute_min
        sight = Sight(self._clock.now(), self._names, self._words, number, mute_min)
        return alert_letter.letter(incident, sight, link=link)

    def report(self, case: CaseView, *, link: str) -> Letter:
        """What the person on call reads when a colleague reported a comment."""
        number = self._settings.texts.noodnummer
        return report_letter.letter(case, self._words, names=self._names, link=link, emergency=number)

    def digest(self, digest: Digest) -> Letter:
        """A report, with its chart."""
        public = self._settings.browser.publiek_adres
        link = f"https://{public}/overzicht/{digest_letter.name_of(digest)}" if public else ""
        return digest_letter.letter(digest, self._words, house=self._settings.zone.naam, link=link)

    def dossier(self, contents: Contents) -> Mapping[str, bytes]:
        """What people read of a dossier."""
        return dossier_letter.files(contents, self._words)
