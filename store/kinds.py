"""The words that columns may hold."""

from enum import StrEnum


class TaskType(StrEnum):
    """What sort of work a task is, as people sort them."""

    REMINDER = "reminder"
    DATA_PROCESS = "data_process"
    QUERY = "query"
    AI_EXECUTION = "ai_execution"
    AI_ORCHESTRATED = "ai_orchestrated"


class DependencyType(StrEnum):
    """Which end of a prerequisite releases its successor."""

    SUCCESS = "success"  # it completed
    COMPLETION = "completion"  # it ended, whatever the outcome
    FAILURE = "failure"  # it failed


class Join(StrEnum):
    """How many of its prerequisites a task waits for."""

    ALL = "all"  # every one of them
    ANY = "any"  # the first that ends as it should


class EventMode(StrEnum):
    """What the events of a task are beside its schedule."""

    ALSO = "also"  # they start further runs
    INSTEAD = "instead"  # a run that one started stands in for the next occurrence


class NotifyOn(StrEnum):
    """Which runs of a task its owner hears of."""

    ALL = "all"  # results and failures
    FAILURE = "failure"  # the first of several failures, and that it works again
    DIGEST = "digest"  # all of them, together with the person's next digest
    NEVER = "never"  # none; the record has them


class CatchUp(StrEnum):
    """What becomes of occurrences that passed while nothing was running."""

    SKIP = "skip"  # all are recorded as missed
    ONCE = "once"  # the latest runs, the earlier ones are recorded as missed
    ALL = "all"  # each runs, those older than the catch-up window are recorded as missed


class Overlap(StrEnum):
    """What becomes of an occurrence that is due while an earlier one still runs."""

    SKIP = "skip"  # it is recorded as skipped
    QUEUE = "queue"  # it runs afterwards
    ALLOW = "allow"  # it runs beside it, up to the task's `max_parallel`
    CANCEL_OTHER = "cancel_other"  # the earlier one is cancelled


class OnCrash(StrEnum):
    """What becomes of a run whose process died in the middle of it."""

    RETRY = "retry"
    FAIL = "fail"


class Trigger(StrEnum):
    """What started a run."""

    SCHEDULE = "schedule"
    CATCH_UP = "catch_up"
    DEPENDENCY = "dependency"
    EVENT = "event"
    MANUAL = "manual"
    BACKFILL = "backfill"


class Permission(StrEnum):
    """What somebody else may do with a task that was shared."""

    VIEW = "view"
    EDIT = "edit"


class DeliveryStatus(StrEnum):
    """Where a message to a person is."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    COLLECTED = "collected"  # waits for the person's next digest
    FOLDED = "folded"  # only recorded: another message tells it, such as the notice of the first failure or a digest


class ApprovalStatus(StrEnum):
    """What a person has said to a call that needs a yes."""

    PENDING = "pending"
    APPROVED = "approved"  # as it was asked for, or as the person has edited it
    REFUSED = "refused"
    EXPIRED = "expired"  # nobody said anything in time, which counts as a no
    WITHDRAWN = "withdrawn"  # the run that asked has ended, so that nothing will be called
