import pytest

from croncierge.errors import InvalidInput
from tools.happenings import trigger_of


@pytest.mark.parametrize(
    ("words", "event", "path"),
    [
        ("the webhook comes", "webhook", None),
        ("the deploy event arrives", "deploy", None),
        ("the event build.finished is received", "build.finished", None),
        ("a new-order event comes in", "new-order", None),
        ("nightly import event fires", "nightly-import", None),
        ("a file lands in /inbox", "file", "/inbox"),
        ("a new file appears in /data/in/", "file", "/data/in"),
        ("a csv file is added to", None, None),
        ("any CSV file shows up in ~/drop", "file", "~/drop/*.csv"),
        ('a file changes in the folder "/my data"', "file", "/my data"),
        ("it rains", None, None),
        ("the price drops below 100", None, None),
        ("it comes", None, None),
    ],
)
def test_what_can_be_watched_for_is_understood_and_nothing_else(
    words: str, event: str | None, path: str | None
) -> None:
    if event is None:
        with pytest.raises(InvalidInput, match="cannot watch for"):
            trigger_of(words)
    else:
        found = trigger_of(words)
        assert (found.event, found.path) == (event, path)


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("the push event comes with branch main", {"branch": "main"}),
        ("the push event comes with branch = main and env = prod", {"branch": "main", "env": "prod"}),
        ("the push event arrives where the branch is main or release", {"branch": ["main", "release"]}),
        ("a build event fires with status: 500, and commit.author is “ann”", {"status": 500, "commit.author": "ann"}),
        ("the import event comes whose ok is true", {"ok": True}),
        ("the import event comes", None),
    ],
)
def test_what_the_event_must_have_can_be_said(words: str, wanted: dict[str, object] | None) -> None:
    assert trigger_of(words).filter == wanted


def test_what_cannot_be_asked_of_an_event_is_said() -> None:
    with pytest.raises(InvalidInput, match="“urgency”"):
        trigger_of("the push event comes with urgency")
