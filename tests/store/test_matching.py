import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.matching import score, significant, task_id


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("#12", (12, True)),
        ("12", (12, False)),
        ("task 12", (12, False)),
        ("#12 send the timesheet", (12, True)),
        ("number 7", (7, False)),
        ("12 monkeys", None),
        ("call 12", None),
        ("", None),
        ("#" + "9" * 40, None),
    ],
)
def test_an_id_is_told_from_a_title(words: str, found: tuple[int, bool] | None) -> None:
    assert task_id(words) == found


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("the timesheet reminder", "send the timesheet"),
        ("timesheets", "Send the TIMESHEET"),
        ("sending timesheet", "send the timesheet"),
        ("back up photos", "Backing up my photos"),
        ("backup", "back up the laptop"),
        ("the back up of the laptop", "backup laptop"),
        ("the report one", "weekly report"),
        ("invoice", "send invoices"),
        ("company", "visit two companies"),
        ("mom", "call mom's doctor"),
        ("dent", "dentist appointment"),
        ("über", "ÜBER den Bericht"),
        ("דוח", "לשלוח דוח"),
        ("reminder", "write a reminder"),
    ],
)
def test_a_title_fits_words_in_another_form(words: str, title: str) -> None:
    assert score(title, significant(words)) > 0


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("timesheet friday", "send the timesheet"),
        ("call dad", "call mom"),
        ("backup phone", "back up the laptop"),
        ("art", "start the oven"),
        ("🎉", "party"),
        ("", "anything"),
    ],
)
def test_a_title_without_one_of_the_words_does_not_fit(words: str, title: str) -> None:
    assert score(title, significant(words)) == 0


def test_a_misspelt_word_fits_only_when_that_is_asked_for() -> None:
    wanted = significant("timeshete")
    assert score("send the timesheet", wanted) == 0
    assert score("send the timesheet", wanted, misspelt=True) > 0
    assert score("send the invoice", wanted, misspelt=True) == 0


def test_a_title_that_says_nothing_else_fits_better() -> None:
    wanted = significant("report")
    assert score("the report", wanted) == 1
    assert score("the report", wanted) > score("weekly sales report", wanted) > 0


@given(st.text(max_size=60))
def test_every_title_with_a_word_fits_itself(title: str) -> None:
    wanted = significant(title)
    assert bool(wanted) == bool(score(title, wanted))
