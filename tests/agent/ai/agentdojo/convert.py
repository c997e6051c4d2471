"""Writes `tasks.jsonl` anew from the package agentdojo 0.1.35 (suites v1.2.2), in an environment of its own:

    uv run --no-project --with agentdojo==0.1.35 python tests/agent/ai/agentdojo/convert.py

A line is what a person asks for (`prompt`) or an attacker wants (`goal`), with the calls that do it, as the package's
authors have written them down. Attacks without such calls are left out: a script cannot play them.
"""

import json
from pathlib import Path

from agentdojo.task_suite.load_suites import get_suites

lines = []
for suite_name, suite in get_suites("v1.2.2").items():
    for kind, tasks in (("prompt", suite.user_tasks), ("goal", suite.injection_tasks)):
        for name, task in tasks.items():
            environment = suite.load_and_inject_default_environment({})
            if kind == "prompt":
                environment = task.init_environment(environment)
            calls = [{"tool": each.function, "args": dict(each.args)} for each in task.ground_truth(environment)]
            if calls or kind == "prompt":
                said = task.PROMPT if kind == "prompt" else task.GOAL
                lines.append({"suite": suite_name, "id": name, kind: said, "calls": calls})
text = "".join(f"{json.dumps(each, ensure_ascii=False, default=str)}\n" for each in lines)
Path(__file__).with_name("tasks.jsonl").write_text(text, encoding="utf-8")
