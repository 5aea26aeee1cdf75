"""Pseudonyms in the register: keyed, separated by purpose, and the same for ever or until their key is destroyed.

A plain hash of an id can be guessed by trying all ids; HMAC-SHA256 with a secret cannot. Each purpose has its own
derived key, so that the pseudonym of a comment says nothing of an author with the same number. 128 bits, as hex.
"""

import hashlib
import hmac
import json

LENGTH = 32
"""Hex characters of a pseudonym."""

_LABEL = b"nabij/pseudoniem/v1/"
MIN_KEY_BYTES = 32


class Pseudonyms:
    """Makes pseudonyms out of one secret of at least 32 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) < MIN_KEY_BYTES:
            raise ValueError("a pseudonym key has 32 bytes or more")
        self._key = key

    def of(self, purpose: str, *parts: str) -> str:
        """The pseudonym of some ids, in order, for one purpose. JSON keeps ("a", "bc") apart from ("ab", "c")."""
        own = hmac.digest(self._key, _LABEL + purpose.encode(), hashlib.sha256)
        text = json.dumps(parts, separators=(",", ":")).encode()
        return hmac.new(own, text, hashlib.sha256).hexdigest()[:LENGTH]

    def comment(self, platform: str, comment_id: str) -> str:
        """Of a comment."""
        return self.of("reactie", platform, comment_id)

    def author(self, platform: str, author_id: str) -> str:
        """Of somebody who wrote comments; never the same on two platforms."""
        return self.of("auteur", platform, author_id)

    def post(self, platform: str, post_id: str) -> str:
        """Of an own post."""
        return self.of("bericht", platform, post_id)

    def person(self, key: str) -> str:
        """Of a colleague."""
        return self.of("persoon", key)

    def order(self, key: str) -> str:
        """Of the delivery key of an order, which may hold ids of a chat."""
        return self.of("opdracht", key)

    def with_secret(self, secret: bytes) -> "Pseudonyms":
        """Pseudonyms that nobody can make again once `secret` is destroyed, also not with the key of this one."""
        return Pseudonyms(hmac.digest(self._key, b"nabij/inzage/v1/" + secret, hashlib.sha256))
