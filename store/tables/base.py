"""What every table shares: the naming of constraints, JSON and enum columns."""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel

# Migrations can only change a constraint that has a name.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# None is the database's NULL, not JSON's.
Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def enum_of(members: type[StrEnum], name: str) -> Any:
    """A text column that holds the values of an enum and refuses all else."""
    return sa.Enum(
        members,
        name=name,
        native_enum=False,
        length=20,
        create_constraint=True,
        values_callable=lambda enum: [member.value for member in enum],
    )
