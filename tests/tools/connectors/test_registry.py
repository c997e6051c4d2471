"""Actions from the task's row to its record: accepted, filled in, executed, recorded, and without secrets."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from croncierge.errors import InvalidInput, NotAllowed
from runtime.doorbell import Doorbell
from runtime.loop import Runtime
from store.operations import create_task, ensure_user, list_runs, run_now
from store.operations.deliveries import list_deliveries
from store.operations.events import emit_event
from store.operations.transcripts import list_transcripts
from store.session import Store
from store.values import Actor, Prerequisite, RunInfo, TaskInfo, TaskSpec, TriggerSpec
from tests.store.conftest import clock as clock
from tests.store.conftest import new_store
from tests.tools.connectors.calls import Heard
from tests.tools.connectors.test_http import Web, says, web
from tools.connectors.config import Config, load_config
from tools.connectors.executor import Control
from tools.connectors.registry import Connectors
from tools.connectors.templates import check_templates, filled_in, holds


class Office:
    """A store with one person whose tasks may ask a server on loopback."""

    def __init__(self, clock: Any, tables: Mapping[str, Any], secrets: tuple[str, ...] = ()) -> None:
        self.connectors = Connectors(Config({"http": {"allow": ["127.0.0.1"]}, **tables}, secrets))
        made = new_store(clock)
        self.store = Store(made.engine, clock, accept_action=self.connectors.accept)
        self.actor = Actor(user_id=ensure_user(self.store, "ann"), via="test", change_set="1")
        executors = self.connectors.executors(self.store)

        def check(run: Any, control: Any) -> bool:
            return self.connectors.check(self.store, run, control)

        self.runtime = Runtime(self.store, executors, Doorbell("sqlite://"), check=check)

    def task(self, title: str, action: str = "http", after: tuple[TaskInfo, ...] = (), **spec: Any) -> TaskInfo:
        waits = tuple(Prerequisite(task_id=each.id) for each in after)
        return create_task(self.store, self.actor, TaskSpec(title=title, action_type=action, depends_on=waits, **spec))

    def run(self, task: TaskInfo) -> list[RunInfo]:
        run_now(self.store, self.actor, task.id)
        self.runtime.tick()
        return sorted(list_runs(self.store, self.actor), key=lambda run: run.id)


@pytest.fixture
def server() -> Iterator[Web]:
    with web(says({"price": 12})) as server:
        yield server


def test_what_comes_after_reads_the_results_of_what_came_before(clock: Any, server: Web) -> None:
    office = Office(clock, {})
    fetch = office.task("Fetch prices", action_payload={"url": server.url, "extract": {"price": "$.price"}})
    office.task("tell", "notify", (fetch,), action_payload={"message": "now {{ results.fetch_prices.price }}"})
    office.task(
        "again",
        after=(fetch,),
        action_payload={"method": "POST", "url": server.url, "body": {"was": "{{ results.task_1.price }}"}},
    )

    runs = office.run(fetch)

    assert [run.status.value for run in runs] == ["completed"] * 3
    assert {run.title: run.result for run in runs}["tell"] == {"message": "now 12"}
    assert b'{"was": 12}' in [body for *_, body in server.asked]


def test_an_event_brings_its_data_and_a_task_its_last_result(clock: Any, server: Web) -> None:
    office = Office(clock, {})
    before = "{% if last.at %}{{ last.result.message }}{% else %}nothing{% endif %}"
    text = "{{ event.data.who }}, last: " + before
    office.task(
        "tell",
        "notify",
        action_payload={"message": text},
        triggers=(TriggerSpec(event="greeting"),),
    )
    for who in ("Ann", "Bob"):
        emit_event(office.store, office.actor, "greeting", {"who": who})
        office.runtime.tick()
        clock.set(clock.now() + timedelta(seconds=1))

    runs = sorted(list_runs(office.store, office.actor), key=lambda run: run.id)
    assert [(run.error_message, (run.result or {}).get("message")) for run in runs] == [
        (None, "Ann, last: nothing"),
        (None, "Bob, last: Ann, last: nothing"),
    ]


def test_what_is_not_there_is_a_failure_that_is_not_tried_again(clock: Any, server: Web) -> None:
    office = Office(clock, {})
    task = office.task("ask", action_payload={"url": server.url + "/{{ results.nothing.x }}"}, max_retries=3)
    (run,) = office.run(task)
    assert (run.status.value, run.attempt) == ("failed", 1)
    assert run.error_message == "The template in payload.url cannot be filled in: results.nothing is undefined."
    assert server.asked == []


def test_requests_and_answers_are_recorded_without_secrets(clock: Any) -> None:
    with web(lambda request: (200, {}, f"hello {request.headers['X-Key']}".encode())) as server:
        tables = {"secrets": {"KEY": {"value": "t0ps3cret", "hosts": ["127.0.0.1"]}}}
        office = Office(clock, tables, ("t0ps3cret",))
        task = office.task("ask", action_payload={"url": server.url, "headers": {"X-Key": "{{ secrets.KEY }}"}})
        (run,) = office.run(task)
        assert server.asked[0][2]["x-key"] == "t0ps3cret"
    (kept,) = list_transcripts(office.store, office.actor, run.id)
    assert kept.response is not None
    assert kept.response["body"] == "hello •••"
    assert "t0ps3cret" not in f"{run} {kept}"


def test_a_secret_is_not_for_everyone(clock: Any, server: Web) -> None:
    tables = {"secrets": {"KEY": {"value": "t0ps3cret", "hosts": ["127.0.0.1"], "owners": ["bob"]}}}
    office = Office(clock, tables)
    task = office.task("ask", action_payload={"url": server.url, "headers": {"X-Key": "{{ secrets.KEY }}"}})
    (run,) = office.run(task)
    assert "secrets.KEY is undefined" in str(run.error_message)
    assert server.asked == []


def test_what_the_operator_has_taken_back_is_not_done_any_more(clock: Any, tmp_path: Path) -> None:
    allowed = {"channels": {"phone": {"url": "json://127.0.0.1:1"}}}
    office = Office(clock, allowed)
    task = office.task("tell", "notify", action_payload={"channels": ["phone"]})
    later = Connectors(Config({}))
    office.runtime = Runtime(office.store, later.executors(office.store), Doorbell("sqlite://"))
    (run,) = office.run(task)
    assert run.status.value == "failed"
    assert "There is no channel “phone” that you may use" in str(run.error_message)


def test_a_watch_looks_and_acts_when_it_becomes_true(clock: Any) -> None:
    prices = iter([20, 9, 8])
    with web(lambda _request: (200, {"content-type": "application/json"}, b'{"price": %d}' % next(prices))) as server:
        office = Office(clock, {})
        condition = {"action_type": "http", "action_payload": {"url": server.url}, "expression": "json.price < 10"}
        office.task("buy", "notify", condition=condition, triggers=(TriggerSpec(event="look"),))
        for number in range(3):
            emit_event(office.store, office.actor, "look", {}, f"{number}")
            office.runtime.tick()
    runs = sorted(list_runs(office.store, office.actor), key=lambda run: run.id)
    assert [run.status.value for run in runs] == ["skipped", "completed", "skipped"]


@pytest.mark.parametrize(
    ("action", "payload", "why"),
    [
        ("nothing", {}, "There is no action 'nothing'"),
        ("http", {"url": "https://e.org", "colour": 1}, "it can have method, url"),
        ("http", {"url": "{{ results.x | nope }}"}, "no filter of Liquid"),
        ("notify", {"message": 5, "channels": ["x"]}, "no channel “x”"),
        ("notify", {"message": "x" * 20_001}, "message"),
    ],
)
def test_what_cannot_be_is_refused_before_it_is_stored(
    clock: Any, action: str, payload: dict[str, Any], why: str
) -> None:
    office = Office(clock, {})
    with pytest.raises((InvalidInput, NotAllowed), match=why):
        office.task("x", action, action_payload=payload)


def test_a_condition_is_read_before_it_is_stored(clock: Any) -> None:
    condition = {"action_type": "http", "action_payload": {"url": "https://e.org"}, "expression": "status =="}
    with pytest.raises(InvalidInput, match="cannot be read"):
        Office(clock, {}).task("x", "notify", condition=condition)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[http", "cannot be read"),
        ("[nobody]\na = 1", "nobody knows"),
        ('[email]\nhost = "${NOT_SET}"', "is not set in the environment"),
        ("[http]\nmax_bytes = 0", "max_bytes in \\[http\\] is wrong"),
        ('[channels]\nurl = "x"', "needs a name"),
    ],
)
def test_a_wrong_file_of_the_operator_is_said_in_a_sentence(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "connectors.toml").write_text(text)
    with pytest.raises(InvalidInput, match=why):
        connectors = Connectors(load_config(tmp_path / "connectors.toml", {}))
        connectors.accept("http", {"url": "https://example.org"}, "ann")
        connectors.accept("notify", {"channels": ["x"]}, "ann")


def test_variables_stand_for_secrets_and_are_hidden(tmp_path: Path) -> None:
    (tmp_path / "connectors.toml").write_text('[channels.phone]\nurl = "json://${TOKEN}@127.0.0.1"\n')
    connectors = Connectors(load_config(tmp_path / "connectors.toml", {"TOKEN": "t0ps3cret"}))
    assert connectors.secrets.hidden({"a": ["my t0ps3cret", 1]}) == {"a": ["my •••", 1]}


def test_templates_keep_types_and_are_never_read_twice() -> None:
    values = {"results": {"a": {"n": 12, "list": [1, 2], "evil": "{{ secrets.X }}"}}}
    assert filled_in({"x": "{{ results.a.n }}", "y": ["{{ results.a.list }}"]}, values, "p") == {"x": 12, "y": [[1, 2]]}
    assert filled_in("say {{ results.a.evil }}", values, "p") == "say {{ secrets.X }}"


@pytest.mark.parametrize("template", ["{% include 'x' %}", "{{ a", "{% for %}", "{{ a | nope }}"])
def test_templates_are_read_before_they_are_stored(template: str) -> None:
    with pytest.raises(InvalidInput):
        check_templates({"x": [template]}, "payload")


def test_a_template_cannot_take_for_ever() -> None:
    with pytest.raises(InvalidInput, match="limit"):
        filled_in("{% for i in (1..100000000) %}x{% endfor %}", {}, "p")


def test_conditions_are_about_values_only() -> None:
    assert holds("status == 200 and json.price < 100", {"status": 200, "json": {"price": 3}})
    assert not holds("rows.size > 0", {"rows": []})
    with pytest.raises(InvalidInput, match="undefined"):
        holds("nothing == 1", {})
    with pytest.raises(InvalidInput):
        holds("true %}yes{% endif %}{% if true", {})


@pytest.mark.parametrize(
    ("tell", "said"),
    [
        ("{{ task.title }}: {{ json.price }} and {{ status }}", "Fetch: 12 and 200"),
        ("{{ json }}", '{"price": 12}'),
        ("done", "done"),
        ("{{ nothing.there }}", "“Fetch” is done, but the template in tell cannot be filled in"),
    ],
)
def test_the_owner_is_told_what_came_of_it_where_that_is_wished(clock: Any, server: Web, tell: str, said: str) -> None:
    office = Office(clock, {})
    fetch = office.task("Fetch", action_payload={"url": server.url, "tell": tell})
    (run,) = office.run(fetch)
    assert run.status.value == "completed"
    (message,) = list_deliveries(office.store, office.actor)
    assert message.text.startswith(said)


def test_of_what_failed_only_the_failure_is_told(clock: Any) -> None:
    office = Office(clock, {})
    office.run(office.task("Fetch", action_payload={"url": "http://127.0.0.1:1/", "tell": "all is well"}))
    (message,) = list_deliveries(office.store, office.actor)
    assert message.text.startswith("“Fetch” failed")


def test_what_the_owner_is_told_shows_no_secret(clock: Any, server: Web) -> None:
    office = Office(clock, {}, secrets=("hunter2",))
    with web(says({"echo": "hunter2"})) as leaky:
        office.run(office.task("Fetch", action_payload={"url": leaky.url, "tell": "{{ body }}"}))
    (message,) = list_deliveries(office.store, office.actor)
    assert "hunter2" not in message.text
    assert "echo" in message.text


def test_a_plain_reminder_asks_the_database_for_nothing() -> None:
    broken: Any = None
    remind = Connectors(Config({})).executors(broken)["notify"]
    run = Heard(title="Stretch").call.run
    assert remind(run, Control()).message == "Stretch"
    assert remind(replace(run, action_payload={"message": "Now!"}), Control()).message == "Now!"
    with pytest.raises(AttributeError):
        remind(replace(run, action_payload={"message": "{{ run.id }}"}), Control())
