"""Every error that a person may get to see.

CronciergeError
├── InvalidInput          what was given cannot be: a field, its value and the way out
│   └── Unclear           it could be several things: a question with choices
├── NotFound              there is no such thing, or it is not yours (the two look alike)
├── NotAllowed            you may see it but not do that
├── Conflict              it does not go with what is there: a cycle, a change made meanwhile
└── Unavailable           the store or a service cannot be reached now; nothing was changed

Each message is one sentence for a person that names the field, the value and the way out. The same sentence goes
through chat, command line and API; only the status differs, and it stands here beside the class.
"""

from collections.abc import Sequence
from typing import Any, ClassVar


class CronciergeError(Exception):
    """The base of all errors that are meant for a person."""

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def as_dict(self) -> dict[str, Any]:
        """The error as other programs get it."""
        return {"code": self.code, "message": self.message, "field": self.field}


class InvalidInput(CronciergeError):
    """What was given cannot be."""

    code = "invalid_input"
    http_status = 422
    exit_code = 2


class Unclear(InvalidInput):
    """It could be several things; `choices` are the ways to say which."""

    code = "unclear"

    def __init__(self, message: str, *, choices: Sequence[str] = (), field: str | None = None) -> None:
        super().__init__(message, field=field)
        self.choices = tuple(choices)

    def as_dict(self) -> dict[str, Any]:
        return super().as_dict() | {"choices": list(self.choices)}


class NotFound(CronciergeError):
    """There is no such thing, or it is somebody else's."""

    code = "not_found"
    http_status = 404
    exit_code = 3


class NotAllowed(CronciergeError):
    """It can be seen but not done."""

    code = "not_allowed"
    http_status = 403
    exit_code = 4


class Conflict(CronciergeError):
    """It does not go with what is there."""

    code = "conflict"
    http_status = 409
    exit_code = 5


class Unavailable(CronciergeError):
    """The store or a service cannot be reached now; nothing was changed."""

    code = "unavailable"
    http_status = 503
    exit_code = 6
