"""The program, which knows the example only as an installed package: it makes a task with its action, and runs it.

`python -m tests.plugins.program`; prints the run's status, result and log as JSON.
"""

import json

from croncierge.app import open_app
from store.operations import create_task, get_run, run_now
from store.values import TaskSpec


def main() -> None:
    with open_app() as app:
        actor = app.actor("test")
        spec = TaskSpec(title="Note", action_type="append", action_payload={"line": "hello {{ task.title }}"})
        started = run_now(app.store, actor, create_task(app.store, actor, spec).id)
        app.runtime.tick()
        run = get_run(app.store, actor, started.id)
        print(json.dumps({"status": run.status, "result": run.result, "log": run.log, "error": run.error_message}))


if __name__ == "__main__":
    main()
