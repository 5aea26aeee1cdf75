"""Acting on a page: hide, unhide, delete, answer in public and in private; and what happens when answers get lost."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from domain.errors import AccountStopped, Denied, Gone, OutcomeUnknown, PlatformError, RateLimited, Transient
from domain.settings import Account
from domain.states import Visibility
from platforms.facebook import Facebook
from platforms.practice import PracticeServer
from platforms.practice.world import World
from tests.fakes.clock import FakeClock
from tests.platforms.conftest import House

Act = Callable[[Facebook, str], object]
Calls = Callable[[], list[str]]
Spoil = Callable[..., None]
Connect = Callable[..., Facebook]

REPEATABLE: dict[str, Act] = {
    "hide": lambda facebook, comment: facebook.hide(comment),
    "unhide": lambda facebook, comment: facebook.unhide(comment),
    "delete": lambda facebook, comment: facebook.delete(comment),
}
REPLIES: dict[str, Act] = {
    "reply_public": lambda facebook, comment: facebook.reply_public(comment, "Dag!"),
    "reply_private": lambda facebook, comment: facebook.reply_private(comment, "Dag!"),
}
ACTS = REPEATABLE | REPLIES


class TestHide:
    """Hiding is reversible and may be repeated."""

    def test_hide_and_back(self, facebook: Facebook, world: World, comment: str) -> None:
        """Hidden, and visible again."""
        facebook.hide(comment)
        assert facebook.comment(comment).visibility is Visibility.VERBORGEN

        facebook.unhide(comment)
        assert facebook.comment(comment).visibility is Visibility.ZICHTBAAR

    def test_pressed_twice(self, facebook: Facebook, world: World, comment: str) -> None:
        """Hiding what is hidden is no error and no second effect."""
        told: list[object] = []
        world.listeners.append(told.append)

        facebook.hide(comment)
        facebook.hide(comment)

        assert len(told) == 1

    def test_what_is_sent(self, facebook: Facebook, comment: str, server: PracticeServer) -> None:
        """`is_hidden` in a form, and nothing else."""
        facebook.hide(comment)

        (call,) = server.practice.requests
        assert (call["method"], call["path"], call["form"]) == ("POST", f"/{comment}", {"is_hidden": "true"})
        assert call["query"] == {}

    def test_our_own_comment(self, facebook: Facebook, world: World, post: str) -> None:
        """The platform refuses to hide a comment of the page itself."""
        with pytest.raises(Denied):
            facebook.hide(world.answer(post, "Dag!").id)

    def test_gone(self, facebook: Facebook, world: World, comment: str) -> None:
        """Hiding what its author took away is Gone, after a look at the post."""
        world.take_away(comment)

        with pytest.raises(Gone):
            facebook.hide(comment)


class TestDelete:
    """Deleting is for ever."""

    def test_deleted(self, facebook: Facebook, comment: str) -> None:
        """It is gone when read back."""
        facebook.delete(comment)

        with pytest.raises(Gone):
            facebook.comment(comment)

    def test_pressed_twice(self, facebook: Facebook, comment: str) -> None:
        """The second delete says that it was gone already."""
        facebook.delete(comment)

        with pytest.raises(Gone):
            facebook.delete(comment)

    def test_the_older_answer(self, facebook: Facebook, comment: str, spoil: Spoil) -> None:
        """1705 is the older answer to deleting what is missing; the post confirms it."""
        spoil("error", method="DELETE", code=1705)

        with pytest.raises(Gone):
            facebook.delete(comment)

    def test_no_access_is_not_gone(self, facebook: Facebook, comment: str, spoil: Spoil) -> None:
        """If the post is out of sight as well, the delete counts as refused, not as done."""
        spoil("error", code=100, subcode=33, times=-1)

        with pytest.raises(Denied):
            facebook.delete(comment)


class TestReplies:
    """Answers to citizens are never sent twice."""

    def test_in_public(self, facebook: Facebook, world: World, comment: str) -> None:
        """The answer stands under the comment, and its id comes back."""
        key = facebook.reply_public(comment, "Bedankt!\nGentse Flikken <3 & ☔")

        (answer,) = world.replies(comment)
        assert (answer.id, answer.text, answer.author_id) == (key, "Bedankt!\nGentse Flikken <3 & ☔", "1001")

    def test_in_private(self, facebook: Facebook, world: World, comment: str, server: PracticeServer) -> None:
        """The message goes to the author, by the comment, in the documented shape."""
        key = facebook.reply_private(comment, "Dag, even onder ons.")

        (message,) = world.messages()
        assert (message.id, message.text, message.comment_id) == (key, "Dag, even onder ons.", comment)
        (call,) = server.practice.requests
        assert json.loads(call["body"]) == {
            "recipient": {"comment_id": comment},
            "message": {"text": "Dag, even onder ons."},
        }

    def test_one_message_per_comment(self, facebook: Facebook, world: World, comment: str, post: str) -> None:
        """A second one about the same comment is refused; about another comment of the same author it is not."""
        facebook.reply_private(comment, "een")

        with pytest.raises(Denied) as caught:
            facebook.reply_private(comment, "twee")
        facebook.reply_private(world.add_comment(post, "Test Persoon", "nog een").id, "drie")

        assert caught.value.code == "10900"
        assert len(world.messages()) == 2

    @pytest.mark.parametrize(("age", "allowed"), [(timedelta(days=7), True), (timedelta(days=7, seconds=1), False)])
    def test_within_seven_days(
        self, facebook: Facebook, comment: str, clock: FakeClock, age: timedelta, *, allowed: bool
    ) -> None:
        """After seven days no private message is possible any more."""
        clock.advance(age)

        if allowed:
            assert facebook.reply_private(comment, "net op tijd")
        else:
            with pytest.raises(Denied) as caught:
                facebook.reply_private(comment, "te laat")
            assert caught.value.code == "10/2018278"

    def test_to_a_comment_that_is_gone(self, facebook: Facebook, world: World, comment: str) -> None:
        """Nothing can be said under, or about, what is gone."""
        world.take_away(comment)

        for act in REPLIES.values():
            with pytest.raises(Gone):
                act(facebook, comment)

    @pytest.mark.parametrize("act", REPLIES.values(), ids=REPLIES.keys())
    @pytest.mark.parametrize("answer", [{}, {"id": 5, "message_id": 5}, {"id": "", "message_id": ""}])
    def test_an_answer_without_an_id(self, act: Act, answer: object, canned: Connect) -> None:
        """A success that does not say what was made leaves it open whether it was."""
        facebook = canned(lambda _: httpx.Response(200, json=answer))

        with pytest.raises(OutcomeUnknown):
            act(facebook, "2001_3001")


class TestLostAnswers:
    """The effect may have happened although no answer came."""

    @pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
    @pytest.mark.parametrize("kind", ["drop", "slow"])
    def test_no_answer(self, facebook: Facebook, comment: str, spoil: Spoil, act: Act, kind: str) -> None:
        """A broken or late answer to a write leaves the outcome open."""
        spoil(kind, seconds=1.3, after=True)

        with pytest.raises(OutcomeUnknown):
            act(facebook, comment)

    @pytest.mark.parametrize(
        "fault", [{"status": 500}, {"status": 503, "code": 2}, {"code": 1}, {"code": 9, "transient": True}]
    )
    @pytest.mark.parametrize("act", REPLIES.values(), ids=REPLIES.keys())
    def test_replies_after_a_failure_on_their_side(
        self, facebook: Facebook, comment: str, spoil: Spoil, act: Act, fault: dict[str, int]
    ) -> None:
        """A failure on the platform's side may have come after the effect: never simply again."""
        spoil("error", after=True, **fault)

        with pytest.raises(OutcomeUnknown):
            act(facebook, comment)

    @pytest.mark.parametrize("fault", [{"status": 500}, {"status": 503, "code": 2}, {"code": 1}])
    @pytest.mark.parametrize("act", REPEATABLE.values(), ids=REPEATABLE.keys())
    def test_repeatable_acts_after_a_failure_on_their_side(
        self, facebook: Facebook, comment: str, spoil: Spoil, act: Act, fault: dict[str, int]
    ) -> None:
        """Hide, unhide and delete are simply tried again."""
        spoil("error", after=True, **fault)

        with pytest.raises(Transient) as caught:
            act(facebook, comment)

        assert caught.value.retryable

    def test_delete_again_after_a_lost_answer(self, facebook: Facebook, comment: str, spoil: Spoil) -> None:
        """The effect was there: the second try reads Gone, which counts as done."""
        spoil("drop", after=True)
        with pytest.raises(OutcomeUnknown):
            facebook.delete(comment)

        with pytest.raises(Gone):
            facebook.delete(comment)

    @pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
    def test_nothing_was_sent(self, account: Account, connect: Connect, act: Act) -> None:
        """Where no connection could be made nothing was done, so everything may be tried again."""
        nobody = replace(account, api="http://127.0.0.1:1")

        with pytest.raises(Transient):
            act(connect(nobody), "2001_3001")

    @pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
    def test_limits_come_before_the_effect(
        self, facebook: Facebook, world: World, comment: str, spoil: Spoil, act: Act
    ) -> None:
        """A throttled write had no effect, and says when it may come again."""
        before = world.dump()
        spoil("error", code=32, headers={"Retry-After": "90"})

        with pytest.raises(RateLimited) as caught:
            act(facebook, comment)

        assert caught.value.retry_after == 90
        assert world.dump() == before

    @pytest.mark.parametrize("act", REPEATABLE.values(), ids=REPEATABLE.keys())
    @pytest.mark.parametrize("answer", [{"success": False}, {}, {"success": "true"}])
    def test_success_that_is_none(self, act: Act, answer: object, canned: Connect) -> None:
        """Only `success: true` is a success."""
        facebook = canned(lambda _: httpx.Response(200, json=answer))

        with pytest.raises(Transient):
            act(facebook, "2001_3001")

    def test_garbage(self, facebook: Facebook, comment: str, spoil: Spoil) -> None:
        """200 with what is no JSON: open for an answer, tried again for hiding."""
        spoil("garbage", times=2)

        with pytest.raises(OutcomeUnknown):
            facebook.reply_public(comment, "x")
        with pytest.raises(Transient):
            facebook.hide(comment)


class TestStop:
    """A dead token or a block stops the page until a person mends it."""

    DEAD = (458, 459, 460, 463, 464, 467, 2069032, 0)

    @pytest.mark.parametrize("subcode", DEAD)
    def test_a_dead_token(
        self, *, facebook: Facebook, comment: str, house: House, calls: Calls, spoil: Spoil, subcode: int
    ) -> None:
        """The house is told once, and no further call goes out, neither reading nor writing."""
        spoil("error", code=190, subcode=subcode, status=401)
        with pytest.raises(AccountStopped):
            facebook.hide(comment)

        for act in (*ACTS.values(), lambda page, key: page.comment(key)):
            with pytest.raises(AccountStopped):
                act(facebook, comment)

        assert len(calls()) == 1
        assert [stop.code for stop in house.stops] == [f"190/{subcode}" if subcode else "190"]
        assert facebook.stopped is not None

    def test_met_while_reading(self, facebook: Facebook, comment: str, house: House, spoil: Spoil) -> None:
        """A poll that meets the dead token stops the page as well."""
        spoil("error", code=102)
        with pytest.raises(AccountStopped):
            facebook.comment(comment)

        assert len(house.stops) == 1

    def test_resume(self, facebook: Facebook, comment: str, house: House, spoil: Spoil) -> None:
        """After a person mended it, calls go out again; a second death is told again."""
        spoil("error", code=190, subcode=463, times=2)
        with pytest.raises(AccountStopped):
            facebook.hide(comment)

        facebook.resume()
        assert facebook.stopped is None
        with pytest.raises(AccountStopped):
            facebook.hide(comment)
        facebook.resume()
        facebook.hide(comment)

        assert len(house.stops) == 2

    def test_a_block_leaves_reading(self, facebook: Facebook, comment: str, calls: Calls, spoil: Spoil) -> None:
        """After 368 nothing is written any more, but the page is still read."""
        spoil("error", code=368)
        with pytest.raises(AccountStopped):
            facebook.hide(comment)

        with pytest.raises(AccountStopped):
            facebook.delete(comment)
        facebook.comment(comment)

        assert calls() == [f"POST /{comment}", f"GET /{comment}"]

    def test_taken_up_after_a_restart(self, facebook: Facebook, comment: str, calls: Calls) -> None:
        """A stop that the house remembers holds before the first call."""
        facebook.stop("190/463")

        with pytest.raises(AccountStopped) as caught:
            facebook.comment(comment)

        assert caught.value.code == "190/463"
        assert calls() == []

    def test_the_wrong_token(self, account: Account, comment: str, connect: Connect, house: House) -> None:
        """A token that the platform does not know stops the page."""
        wrong = connect(replace(account, token="geraden"))

        with pytest.raises(AccountStopped):
            wrong.comment(comment)

        assert len(house.stops) == 1


class TestSecrets:
    """What never shows."""

    @pytest.mark.parametrize(
        "fault", [{"kind": "drop"}, {"kind": "error", "code": 100}, {"kind": "error", "status": 500}]
    )
    @pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
    def test_errors_hold_neither_token_nor_text(
        self, *, facebook: Facebook, comment: str, spoil: Spoil, act: Act, fault: dict[str, object], account: Account
    ) -> None:
        """Messages, params and causes of errors are free of tokens and of what was said."""
        spoil(**fault)

        with pytest.raises(PlatformError) as caught:
            act(facebook, comment)

        said = repr(caught.value) + str(caught.value) + repr(dict(caught.value.params)) + repr(caught.value.__cause__)
        assert account.token not in said
        assert "Dag!" not in said

    def test_the_token_is_in_no_address(self, account: Account, connect: Connect) -> None:
        """The token travels in a header; the address holds only its proof."""
        seen: list[httpx.Request] = []

        def answer(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return httpx.Response(200, json={"success": True, "id": "1", "message_id": "m"})

        facebook = connect(account, transport=httpx.MockTransport(answer))
        for act in ACTS.values():
            act(facebook, "2001_3001")

        assert len(seen) == len(ACTS)
        for request in seen:
            assert account.token not in str(request.url)
            assert request.headers["authorization"] == f"Bearer {account.token}"
            assert len(request.url.params["appsecret_proof"]) == 64


class TestTrial:
    """`acties = "uit"`: every button shows what it would do, and nothing is sent."""

    @pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
    def test_nothing_leaves(self, account: Account, comment: str, connect: Connect, calls: Calls, act: Act) -> None:
        """Whatever is asked, no write goes out; reading goes on."""
        facebook = connect(replace(account, acties="uit"))

        with pytest.raises(Denied):
            act(facebook, comment)
        facebook.comment(comment)

        assert calls() == [f"GET /{comment}"]


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
@pytest.mark.parametrize("hostile", ["../me", "", "1/2", "me", "2001_3001?x=1", "1_2_3_4"])
def test_ids_that_are_none(facebook: Facebook, act: Act, hostile: str, calls: Calls) -> None:
    """What is no id is never put into an address."""
    with pytest.raises(Denied):
        act(facebook, hostile)

    assert calls() == []
