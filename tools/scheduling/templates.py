"""Ready-made AI tasks."""

from langchain.tools import ToolRuntime

from prompts.tasks import task_templates
from tools.context import Context
from tools.results import Result, done
from tools.task_templates import takes, template_lines, template_meant
from tools.wording import table


def list_templates(runtime: ToolRuntime[Context], template: str = "") -> Result:  # noqa: ARG001
    if template.strip():
        return done("\n".join(template_lines(template_meant(template))))
    return done(
        table(
            ("Template", "What for", "Takes"),
            [(each.name, each.purpose, takes(each)) for each in task_templates().values()],
        )
    )
