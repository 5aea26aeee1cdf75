"""Letters without a post office: what was said, and to whom it was handed."""

from collections.abc import Mapping

from domain.digests import Digest
from domain.dossier import Contents
from domain.incidents import IncidentView
from domain.model import CaseView
from domain.ports import Letter


class FakeHerald:
    """`domain.ports.Herald`. sent: (address, letter), in order · refuses: addresses that take nothing."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Letter]] = []
        self.refuses: set[str] = set()

    def send(self, address: str, letter: Letter) -> bool:
        """Take it, unless this address refuses."""
        if address in self.refuses:
            return False
        self.sent.append((address, letter))
        return True

    def to(self, address: str) -> list[str]:
        """Subjects of what this address got, in order."""
        return [letter.subject for each, letter in self.sent if each == address]


class FakeScribe:
    """`domain.ports.Scribe` in a few plain words."""

    def alert(self, incident: IncidentView, *, link: str) -> Letter:
        """Its number and state."""
        return Letter(f"alarm {incident.id}", f"{incident.what} {link}")

    def report(self, case: CaseView, *, link: str) -> Letter:
        """The number of the case."""
        return Letter(f"melding {case.number}", link)

    def digest(self, digest: Digest) -> Letter:
        """Which one."""
        return Letter(f"{digest.kind} {digest.key}", "cijfers", picture=b"png", alt="staafjes")

    def dossier(self, contents: Contents) -> Mapping[str, bytes]:
        """The number of the dossier."""
        return {"dossier.html": contents.view.number.encode(), "LEESMIJ.txt": b"lees mij"}
