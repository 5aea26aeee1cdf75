"""Reads pushes of Facebook: the handshake, the signature over the raw bytes, and the changes in a delivery."""

import hashlib
import hmac
import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from domain.errors import Unreadable, Unsigned
from domain.model import BadChange, Change, ChangeKind, Comment, Reading
from platforms.facebook.shapes import KEY, Odd, ident, pushed, pushed_ids

SIGNATURE = "x-hub-signature-256"
VERBS = {
    "add": ChangeKind.NIEUW,
    "edit": ChangeKind.AANGEPAST,
    "edited": ChangeKind.AANGEPAST,
    "delete": ChangeKind.VERWIJDERD,
    "remove": ChangeKind.VERWIJDERD,
    "hide": ChangeKind.VERBORGEN,
    "unhide": ChangeKind.ZICHTBAAR,
}
"""What a verb on a comment means; other verbs mean nothing to us."""

_WITH_TEXT = frozenset({ChangeKind.NIEUW, ChangeKind.AANGEPAST})
_is_challenge = re.compile(r"[\x21-\x7e]{1,256}").fullmatch


class FacebookReceiver:
    """`domain.ports.Receiver` for all Facebook pages of this installation.

    app_secrets: of the Meta apps that may push · verify_tokens: words agreed for the handshake · own_accounts: ids of
    our pages; a push for another page is ignored and counted.
    """

    def __init__(
        self, app_secrets: Collection[str], verify_tokens: Collection[str], own_accounts: Collection[str]
    ) -> None:
        self._secrets = tuple(secret.encode() for secret in app_secrets if secret)
        self._tokens = tuple(token.encode() for token in verify_tokens if token)
        self._own = frozenset(own_accounts)

    def challenge(self, query: Mapping[str, str]) -> str:
        """The challenge, to be answered raw as plain text."""
        given = query.get("hub.verify_token", "").encode("utf-8", "surrogatepass")
        known = [hmac.compare_digest(token, given) for token in self._tokens]
        if query.get("hub.mode") != "subscribe" or not any(known):
            raise Unsigned("The word of the handshake is wrong.")
        challenge = query.get("hub.challenge", "")
        if not _is_challenge(challenge):
            raise Unreadable("The handshake holds no challenge.")
        return challenge

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Unsigned unless one of our app secrets signed exactly these bytes."""
        try:
            signed = self._signed(headers, body)
        except Exception as error:  # any doubt about a signature is a no
            raise Unsigned("The signature cannot be read.") from error
        if not signed:
            raise Unsigned("The signature is missing or wrong.")

    def _signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        given = (headers.get(SIGNATURE) or headers.get("X-Hub-Signature-256") or "").encode("ascii")
        answers = [
            hmac.compare_digest(b"sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest().encode(), given)
            for secret in self._secrets
        ]
        return any(answers)

    def read(self, body: bytes) -> Reading:
        """The changes in a verified body; one bad change leaves the others whole."""
        sheet = _Sheet(self._own)
        try:
            given = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Unreadable("The delivery is not JSON.") from error
        if type(given) is list:
            for place, payload in enumerate(given):
                sheet.payload(payload, f"[{place}].")
        else:
            sheet.payload(given, "")
        return Reading(tuple(sheet.changes), tuple(sheet.bad), sheet.ignored)


class _Sheet:
    """What was read of one delivery so far."""

    def __init__(self, own: frozenset[str]) -> None:
        self.changes: list[Change] = []
        self.bad: list[BadChange] = []
        self.ignored = 0
        self._own = own

    def payload(self, payload: object, prefix: str) -> None:
        if type(payload) is not dict or type(payload.get("object")) is not str:
            raise Unreadable("The delivery names no object.")
        entries = payload.get("entry")
        if type(entries) is not list:
            raise Unreadable("The delivery holds no list of entries.")
        if payload["object"] != "page":
            self.ignored += max(1, len(entries))
            return
        for number, entry in enumerate(entries):
            self._entry(entry, f"{prefix}entry[{number}]")

    def _entry(self, entry: object, place: str) -> None:
        if type(entry) is not dict:
            self.bad.append(BadChange(place, "entry is not an object"))
            return
        changes = entry.get("changes")
        if changes is None:  # the page is subscribed to more than comments: messages come without changes
            self.ignored += 1
            return
        if type(changes) is not list:
            self.bad.append(BadChange(place, "changes is not a list"))
            return
        try:
            account = ident(entry.get("id"), "entry.id")
        except Odd as odd:
            self.bad.append(BadChange(place, str(odd)))
            return
        if account not in self._own:
            self.ignored += len(changes)
            return
        self._changes(account, changes, place)

    def _changes(self, account: str, changes: list[object], place: str) -> None:
        for number, change in enumerate(changes):
            try:
                found = _change(account, change)
            except Odd as odd:
                self.bad.append(BadChange(f"{place}.changes[{number}]", str(odd)))
                continue
            if found is None:
                self.ignored += 1
            else:
                self.changes.append(found)


def _change(account: str, change: object) -> Change | None:
    """One change; None for what means nothing to us: another field, a reaction, a like, a post, an unknown verb."""
    if type(change) is not dict:
        raise Odd("change is not an object")
    if change.get("field") != "feed":
        return None
    value = change.get("value")
    if type(value) is not dict:
        raise Odd("value is not an object")
    if value.get("item") != "comment":
        return None
    kind = _kind(value)
    if kind is None:
        return None
    if kind in _WITH_TEXT:
        return Change(kind, pushed(account, value))
    return Change(kind, _named(account, value))


def _kind(value: Mapping[str, Any]) -> ChangeKind | None:
    verb = value.get("verb")
    return VERBS.get(verb) if type(verb) is str else None


def _named(account: str, value: Mapping[str, Any]) -> Comment:
    """Ids only: `from` of a hide or a delete may be the page or the author, so it says nothing."""
    comment_id, post_id, parent_id = pushed_ids(value)
    return Comment(KEY, account, comment_id, post_id, "", parent_id)
