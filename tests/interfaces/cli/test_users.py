"""Accounts, from the command line."""

import pytest

from tests.interfaces.cli.conftest import Command


@pytest.fixture
def root(croncierge: Command) -> tuple[str, str]:
    assert croncierge("users", "admin", "root", "--user", "root").out == "root: administrator.\n"
    return "--user", "root"


def test_an_administrator_looks_after_accounts(croncierge: Command, root: tuple[str, str]) -> None:
    assert croncierge("users", "add", "bob", *root).out == "bob: user.\n"
    assert croncierge("users", "admin", "bob", *root).out == "bob: administrator.\n"
    assert croncierge("users", "admin", "bob", "--remove", *root, "--json").json["is_admin"] is False
    assert croncierge("users", "disable", "bob", *root).out == "bob: user, switched off.\n"
    listed = croncierge("users", "list", *root).out
    assert "| bob  | user, switched off | 0" in listed
    assert "| root | administrator      | 0" in listed
    assert croncierge("users", "enable", "bob", *root).out == "bob: user.\n"
    known = croncierge("users", "list", "--json", *root).json
    assert [(each["name"], each["is_active"], each["is_admin"]) for each in known] == [
        ("bob", True, False),
        ("root", True, True),
    ]


def test_others_are_refused(croncierge: Command, root: tuple[str, str]) -> None:
    refused = croncierge("users", "disable", root[1], "--user", "mallory")
    assert refused.code == 4
    assert refused.err == "Error: Only an administrator may look after other people's accounts; ask root.\n"
    assert croncierge("users", "admin", "root", "--remove", *root).code == 5


@pytest.mark.parametrize(
    "words", [("ask", "remind me tomorrow at 9 to rest"), ("chat",), ("tasks", "list"), ("preferences",)]
)
def test_an_account_that_is_off_gets_one_sentence(
    croncierge: Command, root: tuple[str, str], words: tuple[str, ...]
) -> None:
    croncierge("users", "add", "bob", *root)
    croncierge("users", "disable", "bob", *root)
    refused = croncierge(*words, "--user", "bob")
    assert (refused.code, refused.out) == (4, "")
    assert refused.err == "Error: The account of bob is switched off; ask an administrator.\n"
