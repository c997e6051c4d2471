"""What was sent and what came back, kept with the run; whoever adds it has taken the secrets out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from croncierge.errors import NotFound
from store.permissions import acting_user, visible_task
from store.session import Store
from store.tables import Run, Transcript
from store.values import Actor


@dataclass(frozen=True, kw_only=True)
class TranscriptInfo:
    """One exchange in one attempt of a run. kind: the connector, or "model"; at: aware UTC."""

    attempt: int
    at: datetime
    kind: str
    request: Mapping[str, Any]
    response: Mapping[str, Any] | None


def add_transcript(
    store: Store, run_id: int, attempt: int, kind: str, request: Mapping[str, Any], response: Mapping[str, Any] | None
) -> None:
    """Keep an exchange."""
    row = Transcript(
        run_id=run_id,
        attempt=attempt,
        at=store.clock.now(),
        kind=kind,
        request=dict(request),
        response=None if response is None else dict(response),
    )
    with store.write() as session:
        session.add(row)


def list_transcripts(store: Store, actor: Actor, run_id: int) -> list[TranscriptInfo]:
    """The exchanges of a run, oldest first. Raises NotFound for a run that the actor may not see."""
    with store.read() as session:
        user = acting_user(session, actor)
        run = session.get(Run, run_id)
        if run is None:
            raise NotFound(f"There is no run {run_id}; list the runs to see which there are.", field="run")
        visible_task(session, user, run.task_id, include_deleted=True)
        rows = session.exec(select(Transcript).where(Transcript.run_id == run_id).order_by(col(Transcript.id))).all()
    return [
        TranscriptInfo(attempt=row.attempt, at=row.at, kind=row.kind, request=row.request, response=row.response)
        for row in rows
    ]
