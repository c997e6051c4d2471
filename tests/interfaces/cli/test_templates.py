import pytest

from tests.interfaces.cli.conftest import Command


def test_the_templates_are_listed_with_what_they_take(croncierge: Command) -> None:
    found = {each["name"]: each["variables"] for each in croncierge("templates", "list", "--json").json}
    assert {"summarise-day", "summarise-page", "classify-items", "digest-runs", "weekly-report", "extract-fields",
            "watch-page"} <= found.keys()  # fmt: skip
    assert set(found["watch-page"]) == {"url", "matters"}


def test_one_is_shown_as_the_model_gets_it(croncierge: Command) -> None:
    assert "Fetch [[url]]" in croncierge("templates", "show", "watch-page").out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("show", "nothing"), "There is no template “nothing”; there are classify-items"),
        (("use", "watch-page", "url=x"), "What shall the template watch-page take as matters: what matters on it"),
        (("use", "watch-page", "link=x"), "takes url, matters, but no link"),
        (("use", "watch-page", "url"), "'url' is no value"),
    ],
)
def test_what_cannot_be_is_one_sentence(croncierge: Command, words: tuple[str, ...], sentence: str) -> None:
    ended = croncierge("templates", *words)
    assert ended.code != 0
    assert sentence in ended.err
