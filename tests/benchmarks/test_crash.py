"""How the black-box test reads what happened, and what its command answers."""

from pathlib import Path
from time import monotonic
from typing import Any

import pytest

import benchmarks.crash
from benchmarks.__main__ import main
from benchmarks.crash.plan import Scale
from benchmarks.crash.records import effects_in

_FOUND: dict[str, Any] = {"seed": 7, "missing": 0, "violations": []}


def test_an_effect_that_was_cut_off_is_one_that_never_ended(tmp_path: Path) -> None:
    scale = Scale()
    slot, at = scale.moment(5).timestamp(), monotonic()
    lines = [
        f"begin 1 {slot} 1 10 {at}",
        f"begin 1 {slot} 2 10 {at + 2}",
        f"end 1 {slot} 2 10 {at + 3}",
    ]
    (tmp_path / "0.1.witness").write_text("\n".join(lines) + "\n")
    finished, cut_off = effects_in(tmp_path, scale)
    assert finished.attempt == 2
    assert finished.until - finished.at == pytest.approx(1.0)
    assert (cut_off.attempt, cut_off.until - cut_off.at) == (1, 0)
    assert finished.slot == cut_off.slot
    assert finished.slot == pytest.approx(5.0, abs=0.001)
    assert finished.key == cut_off.key


def test_a_violation_is_told_and_makes_the_exit_code(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmarks.crash, "run", lambda options: {**_FOUND, "seed": options.seed})
    main(["crash", "--seed", "8"])
    assert "seed: 8" in capsys.readouterr().out

    monkeypatch.setattr(benchmarks.crash, "run", lambda _options: {**_FOUND, "violations": [("lost", "it has no row")]})
    with pytest.raises(SystemExit) as ended:
        main(["crash"])
    assert ended.value.code == 1
    assert "VIOLATION lost: it has no row" in capsys.readouterr().out
