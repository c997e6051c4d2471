"""A process that knows the example only as an installed package: it makes a task with its action, and runs it.

`python -m tests.plugins.program FILE`; prints the run's status, its result and its log as JSON.
"""

import json
import sys

from croncierge.app import open_app
from runtime.loop import Runtime
from store.operations import create_task, get_run, run_now
from store.operations.claims import Claimed
from store.operations.runs import Outcome
from store.values import TaskSpec
from tools.connectors.connector import Call
from tools.connectors.executor import Control
from tools.connectors.plugins import Plugins


def main(file: str) -> None:
    append = Plugins({"append": {"file": file, "owners": ["ann"]}}, ("notify",)).connectors["append"]
    said: list[str] = []

    def execute(run: Claimed, _control: Control) -> Outcome:
        payload = append.payload.model_validate(run.action_payload)
        append.allow(payload, "ann")
        return append.run(payload, Call(run=run, control=Control(log=said.append), record=lambda _asked, _said: None))

    with open_app() as app:
        actor = app.actor("test")
        task = create_task(
            app.store, actor, TaskSpec(title="Note", action_type="append", action_payload={"line": "hello"})
        )
        started = run_now(app.store, actor, task.id)
        Runtime(app.store, {"append": execute}, app.doorbell).tick()
        run = get_run(app.store, actor, started.id)
        print(json.dumps({"status": run.status, "result": run.result, "log": "".join(said)}))


if __name__ == "__main__":
    main(sys.argv[1])
