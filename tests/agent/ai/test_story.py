"""What the record tells of a tree of AI runs."""

from collections.abc import Callable, Sequence

import pytest
from langchain_core.messages import AIMessage, BaseMessage

from croncierge.errors import NotFound
from interfaces.cli.story import as_json, told
from prompts import load
from store.operations import create_task, ensure_user, run_now
from store.operations.approvals import refuse
from store.operations.story import Story, story_of
from store.values import Actor, TaskSpec
from tests.agent.ai.conftest import Ai, calls, says
from tests.agent.ai.test_orchestrator import is_orchestrator, spawn
from tools.context import Context

Make = Callable[..., Ai]


def script(messages: Sequence[BaseMessage]) -> AIMessage:
    last = messages[-1]
    if not is_orchestrator(messages):
        if last.type == "tool":
            return says("It was not allowed.")
        mail = ("email", {"to": ["ben"], "subject": "s", "text": "t"})
        return calls(mail) if "mail" in str(messages[1].content) else says("cats and dogs")
    if "subtasks have ended" in str(last.content):
        return calls(("conclude", {"result": "Cats and dogs, and no mail."}))
    if last.type == "tool":
        return says("Started.")
    mail_part = {"title": "mail", "payload": {"prompt": "mail", "tools": ["email"]}, "after": ["find"]}
    return calls(("plan", {"steps": ["find", "mail"]}), spawn("find"), ("spawn_subtask", mail_part))


@pytest.fixture
def world(ai: Make) -> Ai:
    return ai(script=script, transcripts=True)


def story(world: Ai, run_id: int) -> Story:
    found = story_of(world.store, world.actor, run_id)
    assert found is not None
    return found


def test_the_story_of_a_tree_has_all_that_happened(world: Ai) -> None:
    goal = world.until_done(world.goal("Find it and mail it", tools=["email"]).id)
    refuse(world.store, world.actor, 1, note="too early")
    world.until_done(goal.id)
    lines = told(story(world, goal.id), Context(world.store, world.actor, None, "UTC"))
    text = "\n".join(lines)
    wanted = (
        "run 1 “the task” (ai_goal): completed",
        "  plan 1. find",
        "  plan 2. mail",
        "builtin: 20 tokens in, 10 out, $0.00",
        "calls spawn_subtask",
        "    run 2 “find” (ai_prompt): completed",
        "      result: cats and dogs",
        "    run 3 “mail” (ai_prompt): completed",
        "calls email",
        "      approval 1: email, because it sends mail: refused (“too early”)",
        "      called email (error)",
        "  result: Cats and dogs, and no mail.",
        f"prompts: ai_task {load('ai_task').label}, ai_tools",
        "spent: 2 of 10 subtasks, ",
    )
    positions = [text.find(each) for each in wanted]
    assert -1 not in positions, dict(zip(wanted, positions, strict=True))
    assert positions == sorted(positions), text


def test_as_json_it_has_each_part_with_its_depth(world: Ai) -> None:
    goal = world.until_done(world.goal("Find it and mail it", tools=["email"]).id)
    tree = as_json(story(world, goal.id))
    assert [(part["title"], part["depth"], part["status"]) for part in tree["run"]["parts"]] == [
        ("find", 1, "completed"),
        ("mail", 1, "waiting"),
    ]
    (question,) = tree["run"]["parts"][1]["asked"]
    assert (question["tool"], question["status"]) == ("email", "pending")
    assert tree["run"]["answers"][0]["tokens_in"] == 20
    assert tree["budget"]["spent"]["subtasks"] == 2


def test_a_part_that_waits_has_its_place_before_it_has_a_run(world: Ai) -> None:
    seen: list[list[tuple[str, object]]] = []
    original = world.model.script

    def watching(messages: Sequence[BaseMessage]) -> AIMessage:
        if not is_orchestrator(messages) and not seen:
            parts = story(world, 1).run.parts
            seen.append([(part.title, part.status and part.status.value) for part in parts])
        return original(messages)

    world.model.script = watching
    world.goal("Find it and mail it", tools=["email"])
    assert seen == [[("find", "running"), ("mail", None)]]


def test_other_runs_have_no_story_and_others_see_none(world: Ai) -> None:
    task = create_task(world.store, world.actor, TaskSpec(title="stretch"))
    assert story_of(world.store, world.actor, run_now(world.store, world.actor, task.id).id) is None
    goal = world.goal("Find it and mail it", tools=["email"])
    ben = Actor(user_id=ensure_user(world.store, "ben"), via="test", change_set="2")
    with pytest.raises(NotFound):
        story_of(world.store, ben, goal.id)
