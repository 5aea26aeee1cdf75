"""Acts on one Facebook page: hide, unhide, delete, answer in public, answer in private."""

from domain.errors import Gone
from platforms.facebook.client import Answer, Client
from platforms.facebook.errors import lost, unreachable
from platforms.facebook.lookup import private_message, public_answer
from platforms.facebook.reader import checked, missing


class FacebookActor:
    """`domain.ports.Actor` for one page. Hide, unhide and delete may be repeated; the answers may not: OutcomeUnknown
    means that somebody has to look first.
    """

    client: Client
    _page: str

    def hide(self, comment_id: str) -> None:
        """Hide a comment: its author, their friends' tags and the page still see it."""
        self._hidden(comment_id, "true")

    def unhide(self, comment_id: str) -> None:
        """Make it visible again."""
        self._hidden(comment_id, "false")

    def _hidden(self, comment_id: str, value: str) -> None:
        self._done("POST", comment_id, {"is_hidden": value})

    def delete(self, comment_id: str) -> None:
        """Delete it, for ever. Gone when it was gone already."""
        self._done("DELETE", comment_id, {})

    def _done(self, method: str, comment_id: str, body: dict[str, str]) -> None:
        try:
            answer = self.client.write(method, f"/{checked(comment_id)}", body, repeatable=True)
        except Gone as error:
            raise missing(self.client, self._page, comment_id, error) from error
        if answer.data.get("success") is not True:
            raise unreachable("success is not true")

    def reply_public(self, comment_id: str, text: str) -> str:
        """Answer under the comment; the id of the answer."""
        try:
            path = f"/{checked(comment_id)}/comments"
            return _named(self.client.write("POST", path, {"message": text}, repeatable=False), "id")
        except Gone as error:
            raise missing(self.client, self._page, comment_id, error) from error

    def reply_private(self, comment_id: str, text: str) -> str:
        """The one private message a comment allows, within seven days; the id of the message."""
        body = {"recipient": {"comment_id": checked(comment_id)}, "message": {"text": text}}
        try:
            return _named(self.client.message(f"/{self._page}/messages", body), "message_id")
        except Gone as error:
            raise missing(self.client, self._page, comment_id, error) from error

    def sent_public(self, comment_id: str, text: str) -> str | None:
        """Id of our own answer of this text under the comment; None when there surely is none."""
        return public_answer(self.client, self._page, checked(comment_id), text)

    def sent_private(self, comment_id: str, text: str) -> str | None:
        """Id of our own private message of this text about the comment; None when there surely is none."""
        return private_message(self.client, self._page, checked(comment_id), text)


def _named(answer: Answer, name: str) -> str:
    """The id of what was sent; OutcomeUnknown when the answer does not say."""
    found = answer.data.get(name)
    if isinstance(found, str) and found:
        return found
    raise lost(f"no {name}")
