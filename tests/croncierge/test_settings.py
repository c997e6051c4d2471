"""Settings: where they come from, which comes first, and that each is documented."""

import re
from pathlib import Path

import pytest

from croncierge.errors import InvalidInput
from croncierge.settings import data_folder, load_settings, settings_file, variables

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"


def test_without_any_setting_everything_is_local() -> None:
    settings = load_settings()
    assert settings.db == f"sqlite:///{data_folder() / 'croncierge.db'}"
    assert settings.user
    assert (settings.model, settings.api_key, settings.timezone) == (None, None, None)


def test_an_option_comes_before_the_environment_and_that_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text("CRONCIERGE_USER=file\nCRONCIERGE_MODEL=of-file\nSOMETHING=else\n")
    assert load_settings().user == "file"
    monkeypatch.setenv("CRONCIERGE_USER", "environment")
    settings = load_settings()
    assert (settings.user, settings.model) == ("environment", "of-file")
    assert load_settings(user="option", model=None).user == "option"


def test_openais_own_variables_are_understood_and_ours_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "theirs")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1")
    key = load_settings().api_key
    assert key is not None
    assert key.get_secret_value() == "theirs"
    assert "theirs" not in repr(load_settings())
    monkeypatch.setenv("CRONCIERGE_BASE_URL", "http://localhost:2")
    assert load_settings().base_url == "http://localhost:2"


def test_an_empty_variable_is_none_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRONCIERGE_MODEL", "")
    assert load_settings().model is None


def test_a_setting_that_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRONCIERGE_LOG_LEVEL", "loud")
    with pytest.raises(InvalidInput, match="CRONCIERGE_LOG_LEVEL cannot be 'loud'"):
        load_settings()


def test_every_setting_is_documented_and_none_that_there_is_not() -> None:
    assert re.findall(r"^\| `(CRONCIERGE_\w+)`", DOCS.read_text(encoding="utf-8"), re.MULTILINE) == list(variables())
