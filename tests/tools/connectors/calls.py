"""What a connector is called with, as the runtime would do it."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from store.kinds import Trigger
from store.operations.claims import Claimed
from tools.connectors.connector import Call
from tools.connectors.executor import Control


class Heard:
    """A call, with what came of it: the log piece by piece, and the requests and answers that were kept."""

    def __init__(self, *, run_id: int = 7, title: str = "Water the plants", attempt: int = 1) -> None:
        self.pieces: list[str] = []
        self.records: list[tuple[Mapping[str, Any], Mapping[str, Any] | None]] = []
        self.cancelled = threading.Event()
        run = Claimed(
            run_id=run_id,
            task_id=3,
            owner_id=UUID(int=1),
            title=title,
            action_type="any",
            action_payload={},
            scheduled_time=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
            attempt=attempt,
            timeout_seconds=60,
            triggered_by=Trigger.SCHEDULE,
            workflow_run_id=run_id,
        )
        control = Control(cancelled=self.cancelled, log=self.pieces.append)
        self.call = Call(run=run, control=control, record=lambda asked, answer: self.records.append((asked, answer)))

    @property
    def log(self) -> str:
        return "".join(self.pieces)

    def cancel_after(self, seconds: float) -> None:
        timer = threading.Timer(seconds, self.cancelled.set)
        timer.daemon = True
        timer.start()
