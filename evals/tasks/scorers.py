"""Whether an AI task went as it should: by what is stored of its tree, never by the wording."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy.exc import NoResultFound

from evals.tasks.world import TaskWorld
from store.operations import list_tasks
from store.operations.approvals import list_approvals
from store.operations.budgets import Spent, where_it_stands
from store.operations.deliveries import list_deliveries
from store.operations.history import list_runs
from store.operations.trees import said

_MANY = 1_000
_RESULTS = ("result", "failure")


def score(world: TaskWorld) -> list[str]:
    """What is wrong; empty when all went as it should."""
    try:
        stands = where_it_stands(world.store, world.run.id)
    except NoResultFound:
        return [f"it never began: {world.run.error_message or world.run.reason}"]
    return [*_kept_within(world, stands), *_ended(world), *_spent(world, stands), *_tree(world), *_acted(world)]


def _kept_within(world: TaskWorld, stands: Spent) -> Iterator[str]:
    """What holds in every case: no budget is passed, and nothing was made or done that was not paid for."""
    for name, spent in stands.spent.items():
        if spent > stands.limits[name]:
            yield f"{spent} {name} were spent, but there were {stands.limits[name]}"
    made = _subtasks(world)
    if not any(each.again for each in world.case.moves) and len(made) != stands.spent["subtasks"]:
        yield f"{stands.spent['subtasks']} subtasks were paid, but there are {len(made)}"
    for each in list_approvals(world.store, world.actor, pending=False):
        if each.used and each.status.value != "approved":
            yield f"the call of {each.tool} was carried out, which was {each.status.value}"


def _ended(world: TaskWorld) -> Iterator[str]:
    expected, run = world.case.expect, world.run
    if run.status.value != expected.status:
        yield f"it should be {expected.status}, but is {run.status.value} ({run.error_message or run.reason})"
    text = said(dict(run.result or {}))
    for each in expected.result_has:
        if each not in text:
            yield f"the result should have {each!r}, but is {text[:200]!r}"
    told = [each for each in list_deliveries(world.store, world.actor, limit=_MANY) if each.kind in _RESULTS]
    if expected.told is not None and len(told) != expected.told:
        yield f"the person should be told {expected.told} times, but was {[each.text[:60] for each in told]}"


def _spent(world: TaskWorld, stands: Spent) -> Iterator[str]:
    expected = world.case.expect
    for name, amount in expected.spent.items():
        if stands.spent[name] != amount:
            yield f"{amount} {name} should be spent, but {stands.spent[name]} were"
    over = expected.used_up
    if over is not None and stands.spent[over] < stands.limits[over]:
        yield f"{over} should be used up, but {stands.spent[over]} of {stands.limits[over]} were"


def _tree(world: TaskWorld) -> Iterator[str]:
    expected = world.case.expect
    if expected.plan is not None:
        plan = tuple((world.run.result or {}).get("plan", ()))
        if plan != expected.plan:
            yield f"the plan should be {list(expected.plan)}, but is {list(plan)}"
    if expected.subtasks is None:
        return
    wanted = Counter((each.title, str(each.status)) for each in expected.subtasks)
    found = Counter(_subtasks(world).values())
    for (title, status), count in (wanted - found).items():
        yield f"there should be {count} × {title!r} that is {status}"
    for (title, status), count in (found - wanted).items():
        yield f"there is {count} × {title!r} too much, which is {status}"


def _acted(world: TaskWorld) -> Iterator[str]:
    expected = world.case.expect
    for name, action in world.pretended.items():
        wanted = expected.done.get(name, 0)
        if wanted is not None and action.count != wanted:
            yield f"{name} should be carried out {wanted} times, but was {action.count} times"
    asked = [
        (each.tool, each.status.value)
        for each in sorted(list_approvals(world.store, world.actor, pending=False), key=lambda each: each.id)
    ]
    if asked != [(each.tool, each.status) for each in expected.asked]:
        yield f"the person was asked {asked}"


def _subtasks(world: TaskWorld) -> dict[int, tuple[str, str]]:
    """All tasks that the tree has made: title and how they stand, by their ids."""
    tasks = [each for each in list_tasks(world.store, world.actor, limit=_MANY) if each.id != world.task_id]
    statuses = {each.task_id: each.status.value for each in list_runs(world.store, world.actor, limit=_MANY)}
    return {each.id: (each.title, statuses.get(each.id, "waiting")) for each in tasks}
