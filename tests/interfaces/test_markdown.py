"""How replies look on a terminal."""

from rich.console import Console

from interfaces.markdown import rendered
from interfaces.output import clean


def seen(text: str) -> str:
    console = Console(width=60, force_terminal=False, no_color=True)
    with console.capture() as captured:
        console.print(rendered(text))
    return "\n".join(line.rstrip() for line in captured.get().strip("\n").split("\n"))


def test_lines_end_where_the_writer_ended_them() -> None:
    assert seen("I'll remind you.\nNext: Mon 09:00") == "I'll remind you.\nNext: Mon 09:00"


def test_a_paragraph_and_a_list_stay_what_they_are() -> None:
    assert seen("Either:\n\n- one\n- two") == "Either:\n\n • one\n • two"


def test_a_table_has_no_empty_lines_around_it() -> None:
    assert seen("| # | Task |\n|---|------|\n| 1 | mom  |").split("\n") == ["#  Task", "───────", "1  mom"]


def test_a_number_sign_is_no_heading_and_code_keeps_its_lines() -> None:
    assert seen("#1 “call mom”\nis paused") == "#1 “call mom”\nis paused"
    assert "\\" not in seen("```\none\ntwo\n```")


def test_what_could_move_the_cursor_is_taken_out_of_what_is_printed() -> None:
    assert clean("a\x1b[2Jb\x07c\r\n\td\x9b1me⏰") == "a[2Jbc\n\td1me⏰"
