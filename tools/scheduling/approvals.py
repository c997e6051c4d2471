"""What AI tasks may not do before the person has said yes."""

import json
from typing import Any, Literal

from langchain.tools import ToolRuntime

from croncierge.errors import InvalidInput, NotAllowed
from store.operations import approvals
from store.operations.approvals import ApprovalInfo
from tools.context import Context
from tools.results import Result, done


def list_approvals(runtime: ToolRuntime[Context]) -> Result:
    found = approvals.list_approvals(runtime.context.store, runtime.context.actor)
    if not found:
        return done("Nothing waits for your approval.")
    return done("\n".join(f"- {_said(each)}" for each in found) + "\nSay “approve #1” or “refuse #1” with its number.")


def decide_approval(
    runtime: ToolRuntime[Context],
    approval: int,
    decision: Literal["approve", "refuse"],
    arguments: dict[str, Any] | None = None,
    note: str = "",
) -> Result:
    context = runtime.context
    if context.actions is not None:
        raise NotAllowed("Only a person can decide on approvals.", field="approval")
    if decision == "refuse" and arguments is not None:
        raise InvalidInput("A call that is refused needs no arguments.", field="arguments")
    if decision == "refuse":
        decided = approvals.refuse(context.store, context.actor, approval, note=note)
    else:
        decided = approvals.approve(context.store, context.actor, approval, arguments=arguments, note=note)
    return done(f"{decided.status.value.capitalize()}: {_said(decided)}")


def _said(approval: ApprovalInfo) -> str:
    arguments = json.dumps(dict(approval.arguments), ensure_ascii=False)
    return f"#{approval.id}: “{approval.title}” wants to call {approval.tool} with {arguments} ({approval.why})"
