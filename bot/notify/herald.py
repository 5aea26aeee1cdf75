"""`domain.ports.Herald` through apprise: one address, one letter, accepted or not."""

import apprise

from domain.ports import Letter


class AppriseHerald:
    """Hands letters to whatever an apprise address stands for."""

    def send(self, address: str, letter: Letter) -> bool:
        """True when it was accepted. Blocks for seconds, never raises."""
        post = apprise.Apprise()
        if not post.add(address):
            return False
        return bool(post.notify(title=letter.subject, body=letter.text, body_format=apprise.NotifyFormat.TEXT))
