"""Pushes of Facebook: the handshake, the signature, and every shape and trap of a delivery."""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import Refused, Unreadable, Unsigned
from domain.model import Author, BadChange, ChangeKind, MediaLink, Reading
from platforms.facebook import FacebookReceiver
from platforms.practice import deliveries

SECRET = "nabij-test-secret"
RECEIVER = FacebookReceiver([SECRET], ["afgesproken"], ["1001"])

VALUE: dict[str, Any] = {
    "item": "comment",
    "verb": "add",
    "post_id": "1001_2001",
    "comment_id": "2001_3001",
    "parent_id": "1001_2001",
    "from": {"id": "7771", "name": "Test Persoon"},
    "message": "Voorbeeldreactie",
    "created_time": 1784927148,
    "post": {
        "id": "1001_2001",
        "permalink_url": "https://www.facebook.com/1001/posts/2001",
        "status_type": "added_photos",
    },
}


def value(**other: Any) -> dict[str, Any]:
    """The example of the facts with some of it changed; None takes a part away."""
    return {name: part for name, part in {**VALUE, **other}.items() if part is not None}


def body(*values: Any, page: Any = "1001") -> bytes:
    """A delivery of these values."""
    changes = [{"field": "feed", "value": each} for each in values]
    return json.dumps({"object": "page", "entry": [{"id": page, "time": 1784927149, "changes": changes}]}).encode()


def read(*values: Any) -> Reading:
    """What the receiver makes of these values."""
    return RECEIVER.read(body(*values))


class TestSignature:
    """The signature over the raw bytes."""

    @pytest.mark.parametrize(
        ("secret", "given", "digest"),
        [
            (
                "It's a Secret to Everybody",
                b"Hello, World!",
                "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
            ),
            (
                SECRET,
                b'{"object":"page","entry":[]}',
                "3480c7e4609a6ca77c7e4fff46c51615bedfc54b97dc4a0480cd538451949520",
            ),
            (SECRET, '{"m":"café"}'.encode(), "8f7b2efe75eda0a73acb7a3397a7134a2bad75a3019f01bd3c9fef1fe89f5812"),
            (SECRET, rb'{"m":"caf\u00e9"}', "92a4c192b7c9b9b768107368cdc5b323302afb08c12d99d14c424cefa81a6232"),
        ],
    )
    def test_published_vectors(self, secret: str, given: bytes, digest: str) -> None:
        """The vectors of the facts are accepted, and one other byte refuses them."""
        receiver = FacebookReceiver([secret], [], [])
        headers = {"x-hub-signature-256": f"sha256={digest}"}

        receiver.verify(headers, given)
        with pytest.raises(Unsigned):
            receiver.verify(headers, given + b" ")

    @pytest.mark.parametrize(
        "header",
        [
            "",
            "sha256=",
            "sha256=é",
            "sha256=" + "0" * 64,
            "3480c7e4609a6ca77c7e4fff46c51615bedfc54b97dc4a0480cd538451949520",
            "sha1=3480c7e4609a6ca77c7e4fff46c51615bedfc54b97dc4a0480cd538451949520",
            "SHA256=3480c7e4609a6ca77c7e4fff46c51615bedfc54b97dc4a0480cd538451949520",
            "sha256=3480C7E4609A6CA77C7E4FFF46C51615BEDFC54B97DC4A0480CD538451949520",
            "sha256=NIDH5GCabKd8fk//RsUWFb7fxUuX3EoEgM1ThFGUlSA=",
            "\ud800",
            "sha256=" + "9" * 100_000,
        ],
    )
    def test_anything_else_is_refused(self, header: str) -> None:
        """Missing, wrong, another prefix, the encoding of another platform, no ASCII: always 401, never an accident."""
        with pytest.raises(Unsigned):
            RECEIVER.verify({"x-hub-signature-256": header}, b'{"object":"page","entry":[]}')

    def test_no_header(self) -> None:
        """A delivery without a signature is refused."""
        with pytest.raises(Unsigned):
            RECEIVER.verify({}, b"{}")

    def test_headers_that_cannot_be_read(self) -> None:
        """Whatever goes wrong while checking is a no."""
        with pytest.raises(Unsigned):
            RECEIVER.verify({"x-hub-signature-256": 17}, b"{}")  # type: ignore[dict-item]

    def test_no_secret_accepts_nothing(self) -> None:
        """Without an app secret every delivery is refused, also one that is signed with the empty secret."""
        given = b"{}"

        with pytest.raises(Unsigned):
            FacebookReceiver([""], [], []).verify({"x-hub-signature-256": deliveries.sign("", given)}, given)

    def test_two_apps(self) -> None:
        """Pages of two Meta apps: each app's own secret is accepted."""
        receiver = FacebookReceiver(["een", "twee"], [], [])

        for secret in ("een", "twee"):
            receiver.verify({"X-Hub-Signature-256": deliveries.sign(secret, b"{}")}, b"{}")


class TestChallenge:
    """The handshake of a subscription."""

    def test_answers_the_challenge_raw(self) -> None:
        """The right word gets the challenge back."""
        query = {"hub.mode": "subscribe", "hub.verify_token": "afgesproken", "hub.challenge": "1158201444"}

        assert RECEIVER.challenge(query) == "1158201444"

    @pytest.mark.parametrize(
        "other",
        [
            {"hub.verify_token": "geraden"},
            {"hub.verify_token": ""},
            {"hub.verify_token": "é\ud800"},
            {"hub.mode": "unsubscribe"},
            {"hub.mode": ""},
        ],
    )
    def test_a_wrong_word_is_refused(self, other: dict[str, str]) -> None:
        """Another word, no word or another mode is refused."""
        query = {"hub.mode": "subscribe", "hub.verify_token": "afgesproken", "hub.challenge": "1", **other}

        with pytest.raises(Unsigned):
            RECEIVER.challenge(query)

    def test_no_word_agreed(self) -> None:
        """Where no word is agreed, the empty one does not open."""
        with pytest.raises(Unsigned):
            FacebookReceiver(["s"], [""], []).challenge({"hub.mode": "subscribe", "hub.challenge": "1"})

    @pytest.mark.parametrize("challenge", ["", "a b", "1\n2", "x" * 257, "é"])
    def test_an_odd_challenge_is_not_echoed(self, challenge: str) -> None:
        """What is answered raw is plain and short."""
        query = {"hub.mode": "subscribe", "hub.verify_token": "afgesproken", "hub.challenge": challenge}

        with pytest.raises(Unreadable):
            RECEIVER.challenge(query)


class TestNewComment:
    """A comment that somebody wrote."""

    def test_all_of_it(self) -> None:
        """Every part of the example of the facts arrives."""
        (change,) = read(VALUE).changes

        comment = change.comment
        assert change.kind is ChangeKind.NIEUW
        assert (comment.platform, comment.account, comment.id, comment.post_id) == (
            "facebook",
            "1001",
            "2001_3001",
            "1001_2001",
        )
        assert comment.text == "Voorbeeldreactie"
        assert comment.parent_id is None
        assert comment.author == Author("7771", "Test Persoon")
        assert comment.created_at == datetime(2026, 7, 24, 21, 5, 48, tzinfo=UTC)
        assert comment.permalink == "https://www.facebook.com/1001/posts/2001?comment_id=3001"
        assert not comment.own

    def test_a_reply_keeps_its_parent(self) -> None:
        """A reply names the comment it stands under."""
        (change,) = read(value(parent_id="2001_2999")).changes

        assert change.comment.parent_id == "2001_2999"

    def test_our_own_comment(self) -> None:
        """What the page itself wrote is marked as own."""
        (change,) = read(value(**{"from": {"id": "1001", "name": "Gentse Flikken"}})).changes

        assert change.comment.own

    def test_numeric_ids_become_text(self) -> None:
        """Ids as numbers are the same ids."""
        (change,) = RECEIVER.read(
            body(value(comment_id=3001, post_id=2001, parent_id=2001, **{"from": {"id": 1001}}), page=1001)
        ).changes

        assert (change.comment.id, change.comment.post_id, change.comment.parent_id) == ("3001", "2001", None)
        assert change.comment.own

    def test_without_author(self) -> None:
        """A comment of which Facebook does not say who wrote it is still a comment."""
        (change,) = read(value(**{"from": None})).changes

        assert change.comment.author is None
        assert not change.comment.own

    def test_old_names_of_the_author(self) -> None:
        """`sender_id` and `sender_name` are the older names."""
        (change,) = read(value(sender_id=7771, sender_name="Test Persoon", **{"from": None})).changes

        assert change.comment.author == Author("7771", "Test Persoon")

    @pytest.mark.parametrize("sender", [{"id": "../me", "name": 5}, {"id": None, "name": "x"}, {"id": ["7"]}])
    def test_an_odd_author_does_not_lose_the_comment(self, sender: dict[str, Any]) -> None:
        """An author id that cannot be one is left out; the comment stays."""
        (change,) = read(value(**{"from": sender})).changes

        assert change.comment.author is not None
        assert change.comment.author.id is None

    @pytest.mark.parametrize(("part", "kind"), [("photo", "foto"), ("video", "video")])
    def test_a_picture_without_text(self, part: str, kind: str) -> None:
        """A photo or film alone has empty text and a link."""
        (change,) = read(value(message=None, **{part: "https://scontent.fbcdn.net/x.jpg?a=1"})).changes

        assert change.comment.text == ""
        assert change.comment.media == (MediaLink("https://scontent.fbcdn.net/x.jpg?a=1", kind),)

    @pytest.mark.parametrize(
        "address",
        [
            "javascript:alert(1)",
            "http://169.254.169.254/latest",
            "file:///etc/passwd",
            "https://",
            "https://a b",
            "https://x/" + "y" * 5000,
            7,
            "//fbcdn.net/x",
            "https://[::1",
        ],
    )
    def test_links_that_are_none(self, address: object) -> None:
        """Only https addresses become links; the comment stays."""
        (change,) = read(value(photo=address, post={"id": "1001_2001", "permalink_url": address})).changes

        assert change.comment.media == ()
        assert change.comment.permalink is None

    @pytest.mark.parametrize(
        "given", [0, -5, 10**30, 1e400, "gisteren", "0000-00-00T00:00:00+0000", None, [], True, "9" * 5000, "٣" * 10]
    )
    def test_absurd_times_are_unknown(self, given: object) -> None:
        """A time that cannot be is unknown, never an accident."""
        (change,) = read(value(created_time=given)).changes

        assert change.comment.created_at is None

    @pytest.mark.parametrize("given", [1784927148, 1784927148.0, "1784927148", "2026-07-24T21:05:48+0000"])
    def test_times_in_every_form(self, given: object) -> None:
        """Unix seconds as a number or as text, and the form of the Graph API."""
        (change,) = read(value(created_time=given)).changes

        assert change.comment.created_at == datetime(2026, 7, 24, 21, 5, 48, tzinfo=UTC)

    def test_unstorable_text_is_cleaned(self) -> None:
        """NUL and lone surrogates become U+FFFD, in the text and in the name; all else stays literal."""
        text = "a\x00b \ud800 <script> <!channel> \u202e 😀"

        (change,) = read(value(message=text, **{"from": {"id": "1", "name": "N\x00\udfff"}})).changes

        assert change.comment.text == "a\ufffdb \ufffd <script> <!channel> \u202e 😀"
        assert change.comment.author == Author("1", "N\ufffd\ufffd")


class TestVerbs:
    """What happened to a comment."""

    @pytest.mark.parametrize(
        ("verb", "kind"),
        [
            ("add", ChangeKind.NIEUW),
            ("edit", ChangeKind.AANGEPAST),
            ("edited", ChangeKind.AANGEPAST),
            ("delete", ChangeKind.VERWIJDERD),
            ("remove", ChangeKind.VERWIJDERD),
            ("hide", ChangeKind.VERBORGEN),
            ("unhide", ChangeKind.ZICHTBAAR),
        ],
    )
    def test_known_verbs(self, verb: str, kind: ChangeKind) -> None:
        """Both spellings of edit and of delete, and the echo of hiding."""
        (change,) = read(value(verb=verb)).changes

        assert change.kind is kind

    @pytest.mark.parametrize("sender", [{"id": "1001", "name": "Gentse Flikken"}, {"id": "7771", "name": "Test"}, None])
    def test_the_echo_of_our_own_hide_names_nobody(self, sender: object) -> None:
        """`from` of a hide may be the page or the author, so neither is taken for it."""
        (change,) = read(value(verb="hide", message=None, **{"from": sender})).changes

        assert change.comment.author is None
        assert not change.comment.own
        assert change.comment.text == ""

    def test_a_delete_needs_no_text(self) -> None:
        """Only the ids of a delete count, whatever else it holds."""
        (change,) = read(value(verb="remove", message=[1], created_time="x")).changes

        assert change.comment.id == "2001_3001"


class TestIgnored:
    """What is known or unknown and means nothing to us is counted."""

    @pytest.mark.parametrize(
        "other",
        [
            *({"item": item} for item in ("reaction", "like", "post", "status", "photo", "video", "share", "nieuw", 5)),
            *({"verb": verb} for verb in ("block", "follow", "mute", "update", "", 7, None, ["add"])),
            {"item": None},
        ],
    )
    def test_other_items_and_verbs(self, other: dict[str, Any]) -> None:
        """Reactions, likes, posts and verbs we do not know."""
        assert read(value(**other)) == Reading(ignored=1)

    def test_other_fields(self) -> None:
        """A page may be subscribed to more than its feed."""
        changes = [{"field": "mention", "value": VALUE}, {"field": "ratings", "value": "x"}, {"value": 1}]

        given = json.dumps({"object": "page", "entry": [{"id": "1001", "changes": changes}]}).encode()

        assert RECEIVER.read(given) == Reading(ignored=3)

    def test_private_messages(self) -> None:
        """An entry of messages holds no changes."""
        given = b'{"object":"page","entry":[{"id":"1001","messaging":[{"message":{"text":"dag"}}]}]}'

        assert RECEIVER.read(given) == Reading(ignored=1)

    def test_other_objects(self) -> None:
        """Another product of the platform is not ours."""
        assert RECEIVER.read(b'{"object":"instagram","entry":[{},{}]}') == Reading(ignored=2)
        assert RECEIVER.read(b'{"object":"user","entry":[]}') == Reading(ignored=1)

    def test_other_pages(self) -> None:
        """A page that is not in our settings gives no comments."""
        assert RECEIVER.read(body(VALUE, VALUE, page="9999")) == Reading(ignored=2)


class TestBadChanges:
    """One bad change never takes the others along."""

    def test_the_others_are_kept(self) -> None:
        """The place of the bad one is named, its content is not."""
        reading = read(value(comment_id="2001_1"), value(comment_id="../../me?x"), value(comment_id="2001_3"))

        assert [change.comment.id for change in reading.changes] == ["2001_1", "2001_3"]
        assert reading.bad == (BadChange("entry[0].changes[1]", "comment_id is not an id"),)

    @pytest.mark.parametrize("part", ["comment_id", "post_id", "parent_id"])
    @pytest.mark.parametrize(
        "given",
        [
            "",
            "1/2",
            "..",
            "2001_3001/../me",
            "1" * 40,
            "1_2_3_4",
            "12\n",
            "\x0012",
            "٣٤",
            "-5",
            -5,
            1.5,
            True,
            [],
            {},
            "1?x",
            "1#",
            "%31",
            "2001_",
        ],
    )
    def test_ids_that_are_none(self, part: str, given: object) -> None:
        """Ids end up in addresses: what is not digits and underscores is refused."""
        reading = read(value(**{part: given}))

        assert reading == Reading(bad=(BadChange("entry[0].changes[0]", f"{part} is not an id"),))

    def test_missing_ids(self) -> None:
        """Without a comment id there is nothing to act on; the post id may stand in `post`."""
        assert read(value(comment_id=None)).bad
        assert read(value(post_id=None, post=None)).bad
        assert read(value(post_id=None, parent_id=None)).changes[0].comment.post_id == "1001_2001"

    def test_text_that_is_no_text(self) -> None:
        """A message that is a list or a number is a bad change."""
        assert [bad.why for bad in read(value(message=["x"]), value(message=4)).bad] == ["message is not text"] * 2

    def test_shapes_that_are_none(self) -> None:
        """Entries, lists and changes of another shape are named by their place."""
        entries = [1, {"id": "1001", "changes": 3}, {"id": "a/b", "changes": []}, {"id": "1001", "changes": [7]}]
        changes = [{"field": "feed", "value": "x"}]

        reading = RECEIVER.read(
            json.dumps({"object": "page", "entry": [*entries, {"id": "1001", "changes": changes}]}).encode()
        )

        assert [bad.place for bad in reading.bad] == [
            "entry[0]",
            "entry[1]",
            "entry[2]",
            "entry[3].changes[0]",
            "entry[4].changes[0]",
        ]


class TestDelivery:
    """The body as a whole."""

    def test_a_thousand_changes(self) -> None:
        """The largest batch arrives whole and in order."""
        reading = read(*(value(comment_id=f"2001_{number}") for number in range(1000)))

        assert [change.comment.id for change in reading.changes] == [f"2001_{number}" for number in range(1000)]

    def test_a_list_around_the_payload(self) -> None:
        """A JSON list of payloads is read like the payloads; places say which one."""
        one, bad = json.loads(body(VALUE)), json.loads(body(value(comment_id="x")))

        reading = RECEIVER.read(json.dumps([one, bad, one]).encode())

        assert len(reading.changes) == 2
        assert reading.bad[0].place == "[1].entry[0].changes[0]"

    @pytest.mark.parametrize(
        "given",
        [
            b"",
            b"{",
            b"\xff\xfe\x00",
            b'"tekst"',
            b"17",
            b"null",
            b"{}",
            b'{"object":"page"}',
            b'{"object":"page","entry":{}}',
            b'{"object":7,"entry":[]}',
            b"[1]",
            b"[" * 100_000,
            b'{"object":"page","entry":[' + b"9" * 5000 + b"]}",
        ],
    )
    def test_not_of_the_documented_shape(self, given: bytes) -> None:
        """Signed, but no JSON of the documented shape: refused with 400."""
        with pytest.raises(Unreadable):
            RECEIVER.read(given)

    def test_an_empty_delivery(self) -> None:
        """Nothing in it is nothing wrong."""
        assert RECEIVER.read(b'{"object":"page","entry":[]}') == Reading()
        assert RECEIVER.read(b"[]") == Reading()

    def test_what_the_practice_platform_builds(self) -> None:
        """Bodies for measurements and kill tests are read like the real ones."""
        changes = [deliveries.written(f"2001_{number}", "tekst") for number in range(3)]

        assert len(RECEIVER.read(deliveries.body(changes)).changes) == 3


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


class TestFuzz:
    """Whatever is signed and sent, the receiver answers or refuses; it never breaks."""

    @settings(max_examples=300)
    @given(part=st.sampled_from([*VALUE, "photo", "video", "sender_id", "sender_name"]), junk=ANY)
    def test_any_part_may_be_anything(self, part: str, junk: object) -> None:
        """A change with one absurd part is read, ignored or named as bad, and its neighbour is kept."""
        reading = RECEIVER.read(
            json.dumps(
                {
                    "object": "page",
                    "entry": [
                        {
                            "id": "1001",
                            "changes": [
                                {"field": "feed", "value": {**VALUE, part: junk}},
                                {"field": "feed", "value": VALUE},
                            ],
                        }
                    ],
                }
            ).encode()
        )

        assert len(reading.changes) + len(reading.bad) + reading.ignored == 2
        assert reading.changes[-1].comment.id == "2001_3001"

    @settings(max_examples=200)
    @given(junk=ANY)
    def test_any_json(self, junk: object) -> None:
        """Any JSON at all is a reading or a refusal."""
        for given_body in (
            junk,
            {"object": "page", "entry": junk},
            {"object": "page", "entry": [{"id": "1001", "changes": junk}]},
        ):
            try:
                RECEIVER.read(json.dumps(given_body).encode())
            except Refused:
                continue

    @settings(max_examples=200)
    @given(place=st.integers(0, 400), byte=st.integers(0, 255))
    def test_one_changed_byte(self, place: int, byte: int) -> None:
        """Another byte anywhere breaks the signature, and what is read of it never breaks the receiver."""
        good = body(VALUE)
        spoiled = bytearray(good)
        spoiled[place % len(good)] = byte
        with contextlib.suppress(Refused):
            RECEIVER.read(bytes(spoiled))
        if bytes(spoiled) != good:
            with pytest.raises(Unsigned):
                RECEIVER.verify({"x-hub-signature-256": deliveries.sign(SECRET, good)}, bytes(spoiled))
