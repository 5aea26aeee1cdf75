"""Reading a page: the net under the pushes, one comment, its post, what stood before it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import chain

import httpx
import pytest

from domain.errors import AccountStopped, Denied, Gone, RateLimited, Transient
from domain.model import Ability
from domain.states import Visibility
from platforms.facebook import Facebook
from platforms.facebook.reader import NEWEST_POSTS
from platforms.practice import PracticeServer
from platforms.practice.world import World
from tests.fakes.clock import FakeClock
from tests.platforms.conftest import House

HOUR = timedelta(hours=1)
Calls = Callable[[], list[str]]
Spoil = Callable[..., None]
Canned = Callable[[Callable[[httpx.Request], httpx.Response]], Facebook]


def ids(facebook: Facebook, since: datetime) -> list[str]:
    """Ids of all comments since then."""
    return [comment.id for comment in chain.from_iterable(facebook.recent(since))]


class TestRecent:
    """The safety net: comments since a moment, all own posts together."""

    def test_comments_and_replies(self, facebook: Facebook, world: World, post: str, clock: FakeClock) -> None:
        """Replies count as comments; they name their parent."""
        first = world.add_comment(post, "An", "een")
        reply = world.add_comment(post, "Bo", "twee", parent_id=first.id)

        found = list(chain.from_iterable(facebook.recent(clock.now() - HOUR)))

        assert [(each.id, each.parent_id) for each in found] == [(reply.id, first.id), (first.id, None)]
        assert {each.post_id for each in found} == {post}

    def test_from_a_moment_on(self, facebook: Facebook, world: World, post: str, clock: FakeClock) -> None:
        """Older comments are left; one within the same second is not."""
        world.add_comment(post, "An", "oud", at=clock.now() - 2 * HOUR)
        new = world.add_comment(post, "An", "nieuw", at=clock.now())

        assert ids(facebook, clock.now() + timedelta(milliseconds=900)) == [new.id]

    def test_a_thousand_comments(
        self, facebook: Facebook, world: World, post: str, clock: FakeClock, calls: Calls
    ) -> None:
        """Many pages are followed by their cursors to the end, each comment once."""
        written = [world.add_comment(post, "An", f"nummer {number}").id for number in range(1000)]

        found = ids(facebook, clock.now() - HOUR)

        assert found == written[::-1]
        assert len(calls()) == 11

    def test_many_posts(self, facebook: Facebook, world: World, clock: FakeClock, calls: Calls) -> None:
        """The newest posts are always visited, older ones only when they moved."""
        posts = [
            world.add_post(f"bericht {number}", at=clock.now() - timedelta(days=60 - number)).id for number in range(40)
        ]
        late = world.add_comment(posts[0], "An", "op een oud bericht", at=clock.now())

        assert ids(facebook, clock.now() - HOUR) == [late.id]
        assert len(calls()) == 1 + NEWEST_POSTS + 1

    def test_a_page_without_posts(self, facebook: Facebook, clock: FakeClock) -> None:
        """Nothing posted, nothing found."""
        assert ids(facebook, clock.now() - HOUR) == []

    def test_a_post_that_vanishes_meanwhile(
        self, facebook: Facebook, world: World, post: str, clock: FakeClock, spoil: Spoil
    ) -> None:
        """One post that was deleted while we read does not take the others along."""
        other = world.add_post("ander").id
        written = world.add_comment(other, "An", "een").id
        spoil("error", path=f"/{post}/comments", code=100, subcode=33)

        assert ids(facebook, clock.now() - HOUR) == [written]

    def test_all_posts_out_of_sight(
        self, facebook: Facebook, post: str, clock: FakeClock, world: World, spoil: Spoil
    ) -> None:
        """When no post can be read at all the poll fails aloud: silence would be blindness."""
        world.add_post("ander")
        spoil("error", path="/*/comments", code=100, subcode=33, times=-1)

        with pytest.raises(Denied):
            ids(facebook, clock.now() - HOUR)

    def test_an_unusable_comment_is_left_out_and_told(self, clock: FakeClock, house: House, canned: Canned) -> None:
        """One comment with an absurd id does not take its page along; the house hears of it, without foreign text."""

        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.path.endswith("published_posts"):
                return httpx.Response(200, json={"data": [{"id": "1001_2001"}, {"id": "../x"}, 7]})
            return httpx.Response(200, json={"data": [{"id": "a/b", "message": "geheim"}, {"id": "2001_1"}, 7]})

        facebook = canned(answer)

        assert ids(facebook, clock.now() - HOUR) == ["2001_1"]
        assert len(house.notes) == 2
        assert "geheim" not in "".join(house.notes)

    def test_a_cursor_that_goes_round(self, clock: FakeClock, canned: Canned) -> None:
        """A list that never ends is left after its first round, and addresses in answers are never followed."""
        asked: list[str] = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request.url.host)
            paging = {"cursors": {"after": "X"}, "next": "https://elders.example/?access_token=T"}
            if request.url.path.endswith("published_posts"):
                return httpx.Response(200, json={"data": [{"id": "1001_2001"}]})
            return httpx.Response(200, json={"data": [{"id": "2001_1"}], "paging": paging})

        assert ids(canned(answer), clock.now() - HOUR) == ["2001_1", "2001_1"]
        assert set(asked) == {"graph.example"}

    @pytest.mark.parametrize("given", [{"data": 5}, {"data": {}}, {}, {"data": [], "paging": 7}])
    def test_lists_of_another_shape(self, given: object, clock: FakeClock, canned: Canned) -> None:
        """A list that is none is empty."""
        assert ids(canned(lambda _: httpx.Response(200, json=given)), clock.now() - HOUR) == []

    def test_stands_back_when_the_calls_run_out(
        self, facebook: Facebook, comment: str, clock: FakeClock, house: House, spoil: Spoil
    ) -> None:
        """At 95 % of the usage bulk reading waits and says so once, while what people do goes on."""
        spoil("usage", headers={"X-App-Usage": '{"call_count":95,"total_cputime":10,"total_time":20}'}, times=2)
        facebook.comment(comment)
        facebook.comment(comment)

        with pytest.raises(RateLimited) as caught:
            ids(facebook, clock.now() - HOUR)
        facebook.hide(comment)

        assert caught.value.retry_after == 300
        assert len(house.notes) == 1
        clock.advance(timedelta(minutes=6))
        assert ids(facebook, clock.now() - HOUR) == [comment]

    @pytest.mark.parametrize(
        "header",
        ['{"call_count":94}', "niet json", "[]", "7", '{"call_count":"99"}', '{"call_count":1e400}', "[" * 9999],
    )
    def test_other_usage_is_no_reason(
        self, facebook: Facebook, comment: str, clock: FakeClock, header: str, spoil: Spoil
    ) -> None:
        """Below the mark, or unreadable, nothing waits."""
        spoil("usage", headers={"X-App-Usage": header})
        facebook.comment(comment)

        assert ids(facebook, clock.now() - HOUR) == [comment]

    def test_business_usage_says_how_long(
        self, facebook: Facebook, comment: str, clock: FakeClock, spoil: Spoil
    ) -> None:
        """The time to regain access is in minutes, per business use case."""
        usage = '{"1001":[{"type":"pages","call_count":100,"total_time":3,"estimated_time_to_regain_access":19}]}'
        spoil("usage", headers={"X-Business-Use-Case-Usage": usage})
        facebook.comment(comment)

        with pytest.raises(RateLimited) as caught:
            ids(facebook, clock.now() - HOUR)

        assert caught.value.retry_after == 19 * 60


class TestComment:
    """One comment as it is now."""

    def test_all_of_it(
        self, facebook: Facebook, world: World, post: str, clock: FakeClock, server: PracticeServer
    ) -> None:
        """Text, author, times, picture, counts and abilities, with the bytes they came from."""
        written = world.add_comment(post, "Test Persoon", "kijk\x00 <b>", picture="fiets")
        world.add_comment(post, "Bo", "antwoord", parent_id=written.id)

        snapshot = facebook.comment(written.id)

        comment = snapshot.comment
        assert (comment.id, comment.post_id, comment.text) == (written.id, post, "kijk\ufffd <b>")
        assert comment.author is not None
        assert comment.author.name == "Test Persoon"
        assert comment.created_at == clock.now()
        assert comment.permalink == f"{server.url}/post/{post}?comment_id={written.number}"
        assert [each.url for each in comment.media] == [f"{server.url}/media/fiets.png"]
        assert snapshot.visibility is Visibility.ZICHTBAAR
        assert snapshot.replies == 1
        assert snapshot.abilities[Ability.REPLY_PRIVATE]
        assert snapshot.raw.status == 200
        assert snapshot.raw.headers["content-type"] == "application/json"
        assert b"Test Persoon" in snapshot.raw.body

    def test_the_source_holds_no_secret(self, facebook: Facebook, comment: str, server: PracticeServer) -> None:
        """The address that evidence keeps has neither token nor proof."""
        assert facebook.comment(comment).raw.source == f"{server.url}/v26.0/{comment}"

    def test_hidden(self, facebook: Facebook, world: World, comment: str) -> None:
        """A hidden comment is read as hidden."""
        world.hide(comment, hidden=True)

        assert facebook.comment(comment).visibility is Visibility.VERBORGEN

    def test_our_own(self, facebook: Facebook, world: World, post: str) -> None:
        """The page's own comment is own, and cannot be hidden."""
        snapshot = facebook.comment(world.answer(post, "Dag!").id)

        assert snapshot.comment.own
        assert snapshot.abilities[Ability.HIDE] is False

    def test_gone(self, facebook: Facebook, world: World, comment: str, post: str, calls: Calls) -> None:
        """100/33 is ambiguous: it is gone only because its post could be read."""
        world.take_away(comment)

        with pytest.raises(Gone):
            facebook.comment(comment)

        assert calls() == [f"GET /{comment}", f"GET /{post}"]

    def test_no_access_is_not_gone(self, facebook: Facebook, world: World, comment: str, spoil: Spoil) -> None:
        """When the post cannot be read either, nothing is proven: permission, not absence."""
        spoil("error", path=f"/{comment}", code=100, subcode=33)
        spoil("error", path="/1001_2001", code=100, subcode=33)

        with pytest.raises(Denied):
            facebook.comment(comment)

    @pytest.mark.parametrize(
        ("fault", "kind"),
        [
            ({"code": 2, "status": 500}, Transient),
            ({"code": 190, "subcode": 463, "status": 401}, AccountStopped),
            ({"code": 10, "status": 403}, Denied),
            ({"code": 32}, RateLimited),
        ],
    )
    def test_the_post_cannot_be_asked(
        self, facebook: Facebook, comment: str, spoil: Spoil, fault: dict[str, int], kind: type[Exception]
    ) -> None:
        """While it cannot be confirmed it is not gone: the trouble with the post is what is told."""
        spoil("error", path=f"/{comment}", code=100, subcode=33)
        spoil("error", path="/1001_2001", **fault)

        with pytest.raises(kind):
            facebook.comment(comment)

    @pytest.mark.parametrize("hostile", ["../me", "", "1/2", "me", "1?fields=id", "2001_3001#", "1" * 99])
    def test_ids_that_are_none(self, facebook: Facebook, hostile: str, calls: Calls) -> None:
        """What is no id is never put into an address."""
        with pytest.raises(Denied):
            facebook.comment(hostile)

        assert calls() == []

    @pytest.mark.parametrize("content", [b"<html>", b"[]", b"", b"\xff", b'{"id":"x/y"}', b'{"id":"1_2","message":[]}'])
    def test_unreadable_answers(self, content: bytes, canned: Canned) -> None:
        """A success that cannot be read may pass by itself."""
        facebook = canned(lambda _: httpx.Response(200, content=content))

        with pytest.raises(Transient):
            facebook.comment("2001_3001")

    @pytest.mark.parametrize("kind", ["drop", "slow"])
    def test_the_network_fails(self, facebook: Facebook, comment: str, spoil: Spoil, kind: str) -> None:
        """A broken or slow answer to a read may pass by itself."""
        spoil(kind, seconds=1.3)

        with pytest.raises(Transient):
            facebook.comment(comment)

    def test_films_and_link_previews(self, canned: Canned) -> None:
        """A film is a film, its still a photo; the picture of a shared link is not under the comment."""
        answers = iter(
            [
                {"type": "video_inline", "media": {"source": "https://v.fbcdn.net/f.mp4"}},
                {"type": "video_inline", "media": {"image": {"src": "https://s.fbcdn.net/s.jpg"}}},
                {"type": "share", "media": {"image": {"src": "https://s.fbcdn.net/s.jpg"}}},
                {"type": "photo", "media": []},
                {"type": ["photo"]},
                "photo",
            ]
        )
        facebook = canned(lambda _: httpx.Response(200, json={"id": "1_2", "attachment": next(answers)}))

        kinds = [[media.kind for media in facebook.comment("1_2").comment.media] for _ in range(6)]

        assert kinds == [["video"], ["foto"], [], [], [], []]


class TestPost:
    """An own post, for the context line."""

    def test_its_first_line(self, facebook: Facebook, post: str, clock: FakeClock, server: PracticeServer) -> None:
        """The title is the first line of the text."""
        found = facebook.post(post)

        assert found.title == "Zaterdag graveren we fietsen."
        assert found.permalink == f"{server.url}/post/{post}"
        assert found.created_at == clock.now()

    def test_long_and_empty(self, facebook: Facebook, world: World) -> None:
        """A long line is cut with an ellipsis; a post without text has no title."""
        assert len(facebook.post(world.add_post("x" * 500).id).title) == 120
        assert facebook.post(world.add_post(" \n ").id).title == ""


class TestPreceding:
    """What stood before a comment: context for the evidence."""

    def test_ten_before_it(self, facebook: Facebook, world: World, post: str, clock: FakeClock) -> None:
        """At most ten, oldest first, without the comment itself and without what came after."""
        written = []
        for number in range(15):
            written.append(world.add_comment(post, "An", f"{number}").id)
            clock.advance(timedelta(seconds=1))
        comment = facebook.comment(written[12]).comment

        assert [each.id for each in facebook.preceding(comment)] == written[2:12]

    def test_a_reply_comes_with_its_parent(self, facebook: Facebook, world: World, post: str) -> None:
        """Before a reply stands its parent, then the replies before it."""
        parent = world.add_comment(post, "An", "moeder").id
        world.add_comment(post, "Zo", "elders")
        replies = [world.add_comment(post, "Bo", f"{number}", parent_id=parent).id for number in range(3)]
        comment = facebook.comment(replies[2]).comment

        assert [each.id for each in facebook.preceding(comment)] == [parent, *replies[:2]]

    def test_the_first_one(self, facebook: Facebook, comment: str) -> None:
        """Before the first comment stands nothing."""
        assert list(facebook.preceding(facebook.comment(comment).comment)) == []

    def test_one_that_is_gone(
        self, facebook: Facebook, world: World, comment: str, post: str, clock: FakeClock
    ) -> None:
        """A comment that was taken away still has what stood before it, by its time."""
        clock.advance(timedelta(seconds=5))
        late = facebook.comment(world.add_comment(post, "An", "weg").id).comment
        world.take_away(late.id)

        assert [each.id for each in facebook.preceding(late)] == [comment]


def test_times_are_utc(facebook: Facebook, comment: str) -> None:
    """Every time that leaves the adapter is aware and in UTC."""
    found = facebook.comment(comment).comment.created_at

    assert found is not None
    assert found.tzinfo is UTC
