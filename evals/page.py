"""A report as one page that needs nothing else: no script, font or picture from elsewhere."""

import json
from importlib.resources import files

from liquid import Environment

from evals.comparison import Comparison
from evals.results import Report, Trial
from evals.summary import Summary, by_tag, summaries


def report_page(report: Report, comparison: Comparison | None = None) -> str:
    """HTML. What people and models said is escaped."""
    template = Environment(autoescape=True).from_string((files("evals") / "page.html").read_text(encoding="utf-8"))
    return template.render(
        report=report.model_dump(mode="json"),
        cases=[
            {
                **case.model_dump(mode="json"),
                "ok": case.passed == len(case.trials),
                "passed": case.passed,
                "said": " / ".join(turn.say for turn in case.trials[0].turns),
                "shown": _shown(next((trial for trial in case.trials if not trial.passed), case.trials[0])),
            }
            for case in report.cases
        ],
        suites=[_row(each) for each in summaries(report)],
        tags=[_row(each) for each in by_tag(report)],
        comparison=None if comparison is None else {**vars(comparison), "regressed": comparison.regressed},
        changes=[
            {
                "id": change.id,
                "before": f"{change.before:.0%}",
                "now": f"{change.now:.0%}",
                "why": change.why,
                "word": word,
            }
            for word, changes in (("worse", comparison.worse), ("better", comparison.better))
            for change in changes
        ]
        if comparison
        else [],
    )


def _row(summary: Summary) -> dict[str, object]:
    return {
        "name": summary.name,
        "cases": summary.cases,
        "percent": round(summary.right * 100, 1),
        "right": f"{summary.right:.1%}",
        "range": f"{summary.low:.0%}–{summary.high:.0%}",
        "powers": ", ".join(f"{k}: {value:.1%}" for k, value in summary.all_of.items() if k > 1) or "–",
        "tokens": f"{summary.input_tokens + summary.output_tokens:,}" if summary.input_tokens else "–",
        "cost": "?" if summary.cost is None else f"${summary.cost:.4f}" if summary.cost else "–",
        "median": f"{summary.median * 1000:,.0f} ms",
        "slowest": f"{summary.slowest * 1000:,.0f} ms",
        "errors": summary.errors or "–",
    }


def _shown(trial: Trial) -> dict[str, object]:
    turns = [
        {
            "say": turn.say,
            "reply": turn.reply,
            "calls": [
                {"name": call.name, "args": json.dumps(call.args, ensure_ascii=False), "status": call.status}
                for call in turn.calls
            ],
        }
        for turn in trial.turns
    ]
    return {"error": trial.error, "wrong": trial.wrong, "turns": turns}
