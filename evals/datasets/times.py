"""The complete requests about time, as cases."""

import re
from datetime import datetime, timedelta
from typing import Any

from evals.cases import Case


def is_for_the_assistant(row: dict[str, Any]) -> bool:
    """Whether a task must come of it: not of a message to others, nor of a time alone, which the dataset has, too."""
    to_others = re.match(r"/remind [@#](?!me\b)", row["text"])
    something = row.get("title") or row["kind"] not in ("instant", "recurrence") or "alarm" in row["text"]
    return bool(something) and not to_others


def case_of_request(row: dict[str, Any]) -> Case:
    """A line of time_requests.jsonl as a case. Raises KeyError or ValueError for a malformed one."""
    return Case.model_validate(
        {
            "id": f"time-{row['id']}",
            "tags": [row["source"], row["kind"]],
            "now": row["reference_time"],
            "zone": row["timezone"],
            "say": row["text"],
            **_expectation(row),
        }
    )


def _expectation(row: dict[str, Any]) -> dict[str, Any]:
    if row["kind"] == "none":
        return {"tasks": []}
    if row["kind"] == "clarify":
        return {"asks": True}
    expected = row["expected"]
    task: dict[str, Any] = {}
    if "seconds" in expected:
        task["runs"] = [datetime.fromisoformat(row["reference_time"]) + timedelta(seconds=expected["seconds"])]
    elif "step" in expected:
        task["step_seconds"] = expected["step"]["n"]
    elif expected["grain"] == "day":
        task["days"] = [moment[:10] for moment in expected["first"]]
    else:
        task["runs"] = expected["first"]
    if row["kind"] == "recurrence" and (expected.get("complete") or len(expected.get("first", "")) == 1):
        task["ends"] = bool(expected.get("complete"))
    return {"tasks": [task]}
