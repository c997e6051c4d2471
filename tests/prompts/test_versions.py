"""A record can say which prompts it was made with."""

from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

from prompts import load, versions
from prompts.loader import Prompt


def test_every_prompt_is_named_with_its_version_and_its_text() -> None:
    found = versions()
    assistant = load("assistant")
    assert found["assistant"] == f"{assistant.version} ({assistant.digest[:12]})"
    assert set(found) >= {"assistant", "tools"}


def test_a_label_changes_with_the_text_though_the_version_stays() -> None:
    def label(text: str) -> str:
        return Prompt(name="x", version=1, purpose="", variables=frozenset(), text=text).label

    assert label("one") == f"1 ({sha256(b'one').hexdigest()[:12]})"
    assert label("one") != label("two")


def test_notes_about_models_are_kept_and_never_rendered(tmp_path: Path) -> None:
    (tmp_path / "noted.md").write_text(
        "---\nname: noted\nversion: 3\npurpose: p\nvariables: []\nnotes: small models like examples\n---\nHello.\n"
    )
    with patch("prompts.loader.files", lambda _: tmp_path):
        prompt = load("noted")
    assert prompt.notes == "small models like examples"
    assert prompt.render() == "Hello."
