"""The rows that give workflows their names."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from store.tables import Workflow

WORKFLOWS = Workflow.metadata.tables["workflows"]


def workflow_named(session: Session, owner_id: UUID, name: str, now: datetime) -> int:
    """The id of a person's workflow of that name, which is made where there is none."""
    query = sa.select(WORKFLOWS.c.id).where(WORKFLOWS.c.owner_id == owner_id, WORKFLOWS.c.name == name)
    found: int | None = session.execute(query).scalar()
    if found is not None:
        return found
    row = {"owner_id": owner_id, "name": name, "created_at": now}
    made: int = session.execute(sa.insert(WORKFLOWS).values(row).returning(WORKFLOWS.c.id)).scalar_one()
    return made
