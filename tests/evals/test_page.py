"""The page stands alone, and what was said in it is text."""

from html.parser import HTMLParser

from evals.comparison import compare
from evals.page import report_page
from evals.results import CallRecord, CaseResult, Trial, TurnRecord
from tests.evals.conftest import report

NASTY = '<script>alert(1)</script> {{ report.model }} & "quoted"'
_VOID = {"meta", "input", "link", "img", "br"}


class Page(HTMLParser):
    """Remembers the tags, and whether each is closed by its own."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def nasty_case() -> CaseResult:
    call = CallRecord(name="create_task", args={"title": NASTY}, status="done", text="")
    turn = TurnRecord(say=NASTY, reply=NASTY, calls=(call,), wrong=(NASTY,))
    return CaseResult(id="n", suite="s", digest="d", trials=(Trial(wrong=(NASTY,), turns=(turn,)),))


def test_it_is_whole_and_needs_nothing_from_elsewhere() -> None:
    before, now = report({"a": (1, 1), "b": (0, 1)}), report({"a": (0, 1), "b": (1, 1)})
    text = report_page(now, compare(before, now))
    page = Page(text)
    assert page.open == []
    assert page.addresses == []
    assert "script" not in page.tags
    assert "A regression" in text
    assert "1 worse, 1 better" in text
    assert page.tags.count("details") == 2 + 1


def test_what_was_said_is_shown_and_never_executed() -> None:
    now = report({})
    text = report_page(now.model_copy(update={"cases": (nasty_case(),)}))
    assert "script" not in Page(text).tags
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ report.model }} &amp;" in text
