"""Looking up what the page sent: found, surely not there, or an error; never a guess."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from domain.errors import AccountStopped, Denied, Gone, OutcomeUnknown, PlatformError, Transient
from platforms.facebook import Facebook
from platforms.practice import PracticeServer
from platforms.practice.world import World
from tests.fakes.clock import FakeClock

Spoil = Callable[..., None]
Connect = Callable[..., Facebook]
LookUp = Callable[[Facebook, str, str], str | None]
TEXT = "Dag!\nDit is waarschuwing 1 van 3. https://huisregels.example/ é"
LOOK_UPS: dict[str, LookUp] = {
    "sent_public": lambda facebook, comment, text: facebook.sent_public(comment, text),
    "sent_private": lambda facebook, comment, text: facebook.sent_private(comment, text),
}
both = pytest.mark.parametrize("look", LOOK_UPS.values(), ids=LOOK_UPS.keys())


class TestPrivate:
    """The one private message about a comment."""

    def test_nothing_was_sent(self, facebook: Facebook, comment: str) -> None:
        """Surely none: the comment may still be answered privately."""
        assert facebook.sent_private(comment, TEXT) is None

    def test_sent(self, facebook: Facebook, comment: str) -> None:
        """Found by its text, under the id that sending gave."""
        key = facebook.reply_private(comment, TEXT)

        assert facebook.sent_private(comment, TEXT) == key

    @pytest.mark.parametrize("kind", ["drop", "slow", "garbage", "error"])
    def test_the_answer_was_lost(self, facebook: Facebook, world: World, comment: str, spoil: Spoil, kind: str) -> None:
        """The effect was there although no answer came: it is found, so nobody sends it again."""
        spoil(kind, path="/1001/messages", seconds=1.3, status=500, after=True)
        with pytest.raises(OutcomeUnknown):
            facebook.reply_private(comment, TEXT)

        assert facebook.sent_private(comment, TEXT) == world.messages()[0].id

    def test_lost_before_the_effect(self, facebook: Facebook, comment: str, spoil: Spoil) -> None:
        """The connection broke before anything was done: surely none, it may be sent."""
        spoil("drop", path="/1001/messages")
        with pytest.raises(OutcomeUnknown):
            facebook.reply_private(comment, TEXT)

        assert facebook.sent_private(comment, TEXT) is None
        assert facebook.reply_private(comment, TEXT)

    def test_what_a_platform_does_to_a_text(self, facebook: Facebook, world: World, comment: str) -> None:
        """White space trimmed or folded, letters composed otherwise: still the same message."""
        message = world.send_message(
            comment, f"  {TEXT.replace(chr(10), chr(13) + chr(10)).replace('é', 'e' + chr(769))} "
        )

        assert facebook.sent_private(comment, TEXT) == message.id

    def test_another_text(self, facebook: Facebook, world: World, comment: str) -> None:
        """A colleague answered on the page itself with other words: ours was surely not sent."""
        world.send_message(comment, "Door een collega")

        assert facebook.sent_private(comment, TEXT) is None

    def test_the_same_words_about_an_earlier_comment(
        self, facebook: Facebook, world: World, post: str, comment: str, clock: FakeClock
    ) -> None:
        """A conversation is with a person: what was sent before this comment was written is not about it."""
        world.send_message(comment, TEXT)
        clock.advance(timedelta(days=1))
        later = world.add_comment(post, "Test Persoon", "Nog een").id
        world.send_message(later, "Door een collega")

        assert facebook.sent_private(later, TEXT) is None

    def test_after_the_window(self, facebook: Facebook, comment: str, clock: FakeClock) -> None:
        """No conversation, and none possible any more: that proves nothing."""
        clock.advance(timedelta(days=8))

        with pytest.raises(Denied):
            facebook.sent_private(comment, TEXT)

    def test_sent_just_in_time(self, facebook: Facebook, comment: str, clock: FakeClock) -> None:
        """What was sent is found also after the window."""
        key = facebook.reply_private(comment, TEXT)
        clock.advance(timedelta(days=8))

        assert facebook.sent_private(comment, TEXT) == key

    def test_what_is_asked(self, facebook: Facebook, comment: str, server: PracticeServer) -> None:
        """The comment first, then its conversation; nothing else."""
        facebook.reply_private(comment, TEXT)
        server.practice.requests.clear()

        facebook.sent_private(comment, TEXT)

        first, second = server.practice.requests
        assert (first["path"], "private_reply_conversation" in first["query"]["fields"]) == (f"/{comment}", True)
        assert (second["path"], second["query"]["fields"]) == ("/t_7002/messages", "id,message,from,created_time")


class TestPublic:
    """Our answers under a comment."""

    def test_nothing_was_sent(self, facebook: Facebook, world: World, post: str, comment: str) -> None:
        """Surely none; the same words by a citizen are not ours."""
        world.add_comment(post, "Na-aper", TEXT, parent_id=comment)

        assert facebook.sent_public(comment, TEXT) is None

    def test_sent(self, facebook: Facebook, comment: str) -> None:
        """Found by its text."""
        facebook.reply_public(comment, "Iets anders")
        key = facebook.reply_public(comment, TEXT)

        assert facebook.sent_public(comment, TEXT) == key

    def test_the_answer_was_lost(self, facebook: Facebook, world: World, comment: str, spoil: Spoil) -> None:
        """Found, so nobody sends it again."""
        spoil("drop", method="POST", after=True)
        with pytest.raises(OutcomeUnknown):
            facebook.reply_public(comment, TEXT)

        assert facebook.sent_public(comment, TEXT) == world.replies(comment)[0].id

    def test_to_a_reply(self, facebook: Facebook, world: World, post: str, comment: str, clock: FakeClock) -> None:
        """An answer to a reply stands under the comment above; one that is older than the reply is not about it."""
        facebook.reply_public(comment, TEXT)
        clock.advance(timedelta(minutes=1))
        reply = world.add_comment(post, "Bo", "En ik dan?", parent_id=comment).id
        assert facebook.sent_public(reply, TEXT) is None

        clock.advance(timedelta(minutes=1))
        assert facebook.sent_public(reply, TEXT) is None
        key = facebook.reply_public(reply, TEXT)
        assert facebook.sent_public(reply, TEXT) == key

    def test_among_many(self, facebook: Facebook, world: World, post: str, comment: str) -> None:
        """All pages of the list are read."""
        key = facebook.reply_public(comment, TEXT)
        for number in range(120):
            world.add_comment(post, "Bo", f"{number}", parent_id=comment)

        assert facebook.sent_public(comment, TEXT) == key
        assert facebook.sent_public(comment, "Nooit gezegd") is None


class TestTrouble:
    """What cannot be told is an error, never None."""

    @both
    @pytest.mark.parametrize("kind", ["drop", "slow", "garbage"])
    def test_no_answer(self, facebook: Facebook, comment: str, spoil: Spoil, look: LookUp, kind: str) -> None:
        """Looking may be tried again."""
        spoil(kind, method="GET", seconds=1.3, after=True)

        with pytest.raises(Transient):
            look(facebook, comment, TEXT)

    @both
    @pytest.mark.parametrize("code", [(10, 0), (200, 0), (283, 0)])
    def test_not_permitted(
        self, *, facebook: Facebook, comment: str, spoil: Spoil, look: LookUp, code: tuple[int, int]
    ) -> None:
        """A permission that is missing says nothing about what was sent."""
        spoil("error", method="GET", code=code[0], subcode=code[1], status=403)

        with pytest.raises(Denied):
            look(facebook, comment, TEXT)

    def test_the_conversation_is_out_of_sight(self, facebook: Facebook, comment: str, spoil: Spoil) -> None:
        """100/33 on the conversation is neither a comment that is gone nor a message that was not sent."""
        facebook.reply_private(comment, TEXT)
        spoil("error", path="/t_*", code=100, subcode=33)

        with pytest.raises(Denied):
            facebook.sent_private(comment, TEXT)

    @both
    def test_a_dead_token(self, facebook: Facebook, comment: str, spoil: Spoil, look: LookUp) -> None:
        """Stops the page."""
        spoil("error", code=190, status=401)

        with pytest.raises(AccountStopped):
            look(facebook, comment, TEXT)

    @both
    def test_the_comment_is_gone(self, facebook: Facebook, world: World, comment: str, look: LookUp) -> None:
        """Without the comment nothing leads to what was sent."""
        world.take_away(comment)

        with pytest.raises(Gone):
            look(facebook, comment, TEXT)

    @both
    @pytest.mark.parametrize("hostile", ["../me", "", "t_7001", "2001_3001?x=1"])
    def test_ids_that_are_none(self, *, facebook: Facebook, look: LookUp, hostile: str, server: PracticeServer) -> None:
        """What is no id of a comment is never put into an address."""
        with pytest.raises(Denied):
            look(facebook, hostile, TEXT)

        assert server.practice.requests == []

    @both
    def test_errors_hold_no_text(self, facebook: Facebook, comment: str, spoil: Spoil, look: LookUp) -> None:
        """Neither what was said nor an address."""
        spoil("drop", method="GET")

        with pytest.raises(PlatformError) as caught:
            look(facebook, comment, TEXT)

        assert "waarschuwing" not in repr(caught.value) + repr(caught.value.__cause__) + repr(dict(caught.value.params))


NODE = {"id": "2001_3001", "created_time": "2026-11-17T09:00:00+0000"}
TALK = {**NODE, "private_reply_conversation": {"id": "t_7001"}}
OURS = {"id": "m_1", "message": TEXT, "from": {"id": "1001"}, "created_time": "2026-11-17T09:00:00+0000"}


def without(item: dict[str, Any], *names: str) -> dict[str, Any]:
    """An item with parts left out."""
    return {name: value for name, value in item.items() if name not in names}


class TestShapes:
    """Answers in shapes that nobody could check on a live page."""

    def ask(self, canned: Connect, comment: object, listed: object = None) -> str | None:
        """Look up on a network that answers the comment and its list like this."""
        found = {"data": []} if listed is None else listed

        def answer(request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, json=found if request.url.path.endswith("/messages") else comment)

        return canned(answer).sent_private("2001_3001", TEXT)

    def test_as_assumed(self, canned: Connect) -> None:
        """Found; a moment that is not told does not stand in the way."""
        assert self.ask(canned, TALK, {"data": [OURS]}) == "m_1"
        assert self.ask(canned, without(TALK, "created_time"), {"data": [without(OURS, "created_time")]}) == "m_1"

    @pytest.mark.parametrize(
        "comment",
        [
            {},
            NODE,
            {**NODE, "can_reply_privately": False},
            {**NODE, "can_reply_privately": "true"},
            {**NODE, "private_reply_conversation": None},
            {**NODE, "private_reply_conversation": "t_7001"},
            {**NODE, "private_reply_conversation": {}},
            {**NODE, "private_reply_conversation": {"id": 7001}},
            {**NODE, "private_reply_conversation": {"id": "../me"}},
            {**NODE, "private_reply_conversation": {"id": "t_1/messages?x="}},
        ],
    )
    def test_a_comment_that_leads_nowhere(self, canned: Connect, comment: object) -> None:
        """No conversation to read, and no proof that there is none."""
        with pytest.raises(Denied):
            self.ask(canned, comment)

    @pytest.mark.parametrize(
        "listed",
        [
            {},
            {"data": {}},
            {"data": ["x"]},
            {"data": [without(OURS, "from")]},
            {"data": [{**OURS, "from": {}}]},
            {"data": [without(OURS, "message")]},
            {"data": [without(OURS, "message", "from")]},
            {"data": [without(OURS, "id")]},
            {"data": [{**OURS, "message": ["x"]}]},
            {"data": [], "paging": {"next": "https://graph.example/more"}},
        ],
    )
    def test_a_list_that_does_not_tell(self, canned: Connect, listed: object) -> None:
        """What may be ours and cannot be read is no proof that nothing was sent."""
        with pytest.raises(Denied):
            self.ask(canned, TALK, listed)

    @pytest.mark.parametrize(
        "item",
        [
            {**OURS, "from": {"id": "7001"}},
            {**without(OURS, "message"), "from": {"id": "7001"}},
            {**without(OURS, "from"), "message": "iets anders"},
            {**OURS, "created_time": "2026-11-17T08:59:59+0000"},
        ],
    )
    def test_what_is_surely_not_ours(self, canned: Connect, item: object) -> None:
        """Said by somebody else, in other words, or before the comment."""
        assert self.ask(canned, TALK, {"data": [item]}) is None

    def test_a_list_without_end(self, canned: Connect) -> None:
        """A conversation that is longer than is read proves nothing."""
        count = iter(range(100))

        def answer(request: httpx.Request) -> httpx.Response:
            if not request.url.path.endswith("/messages"):
                return httpx.Response(200, json=TALK)
            paging = {"next": "https://graph.example/x", "cursors": {"after": f"c{next(count)}"}}
            return httpx.Response(200, json={"data": [{**OURS, "message": "iets"}], "paging": paging})

        with pytest.raises(Denied):
            canned(answer).sent_private("2001_3001", TEXT)

    @pytest.mark.parametrize("parent", ["2001_3000", {}, {"id": "../me"}])
    def test_a_parent_that_is_none(self, canned: Connect, parent: object) -> None:
        """Where the answer to a reply would stand cannot be told."""
        facebook = canned(lambda _: httpx.Response(200, json={**NODE, "parent": parent, "data": []}))

        with pytest.raises(Denied):
            facebook.sent_public("2001_3001", TEXT)
