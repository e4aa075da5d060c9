"""The product's own fit score: (feature coverage × fit to the daily actions) / effort to set up (E).

Each part is measured from use. A score of 1 means that every capability was used in the last four weeks,
every planned step was recorded by the end of its own day, and the first visit was recorded
within a day of the first account.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.milestones.evidence import Evidence, mean

FIT_DAYS = 28
LEAST_STEPS = 5

CAPABILITIES: Mapping[str, tuple[str, ...]] = {
    "record": ("action.record", "interaction.record"),
    "customers": (
        "customer.open",
        "customer.edit",
        "customer.grade",
        "customer.tag",
        "contact.add",
        "contact.edit",
        "opportunity.open",
        "opportunity.edit",
        "signal.record",
    ),
    "alerts": ("alert.assign", "alert.snooze", "alert.resolve"),
    "plausibility": ("sign.review",),
    "morning": ("morning.start", "morning.assign", "morning.finish"),
    "rooms": ("room.open", "room.say", "room.task_add", "room.task_done", "room.close"),
    "calibrate": ("forecast.decide",),
    "coaching": ("coaching.note", "coaching.assign", "coaching.close", "finding.coach"),
    "attribution": ("finding.decide", "event.add", "factor.ask"),
    "weights": ("weights.draft", "weights.backtest", "weights.apply"),
    "replay": ("forecast.replay", "forecast.backtest"),
    "demands": ("demand.file", "demand.answer", "demand.decline", "demand.take_back"),
    "promises": (
        "promise.make",
        "promise.move",
        "promise.plan",
        "promise.escalate",
        "promise.take_back",
        "feature.move",
    ),
    "deliveries": ("delivery.mark_ready", "delivery.renew", "delivery.ask_again", "delivery.remind"),
    "store_requests": (
        "store_request.file",
        "store_request.merge",
        "store_request.separate",
        "store_request.answer",
        "store_request.take_back",
    ),
    "collaboration": ("cause.assign", "cause.close", "collaboration.issue"),
    "health": ("health.issue", "health.export"),
    "exchange": ("import.run", "export.run"),
    "milestones": ("milestone.sample", "milestone.check", "milestone.sign", "milestone.appeal"),
    "one_to_one": ("talk.record", "talk.agree", "talk.settle", "talk.drop", "talk.take_up"),
    "views": ("view.save", "view.edit", "view.subscribe"),
    "studio": ("studio.publish", "studio.restore", "pipeline.benchmarks"),
    "calendars": ("calendar.days", "calendar.hours", "calendar.year", "calendar.restore"),
    "channels": ("channel.add", "channel.tested", "channel.wishes"),
    "integrations": ("token.create", "webhook.add", "webhook.tested"),
}


@dataclass(frozen=True, slots=True)
class Fit:
    """The score and its parts.

    Attributes:
        used: how often people used each capability in the last 28 days; 0 for those they did not.
        steps: planned steps whose day lay in these days; 1 if recorded by the end of that day.
        setup_days: elapsed days from the first account to the first visit recorded by hand; None before.
    """

    used: Mapping[str, int]
    steps: Sequence[Evidence]
    setup_days: float | None

    @property
    def coverage(self) -> float:
        """Share of the capabilities that were used, 0–1."""
        return sum(n > 0 for n in self.used.values()) / len(CAPABILITIES)

    @property
    def daily(self) -> float | None:
        """Share of the planned steps recorded by the end of their own day; None with too few."""
        return mean(self.steps) if len(self.steps) >= LEAST_STEPS else None

    @property
    def effort(self) -> float | None:
        """Days to set up, one at least: nobody is rewarded for a morning saved."""
        return None if self.setup_days is None else max(self.setup_days, 1.0)

    @property
    def score(self) -> float | None:
        """Coverage times daily fit over effort, 0–1; None where a part cannot be said."""
        if self.daily is None or self.effort is None:
            return None
        return self.coverage * self.daily / self.effort


def used_of(counts: Mapping[str, int]) -> dict[str, int]:
    """How often each capability was used, from how often each command was carried out.

    >>> used_of({"demand.file": 2, "demand.answer": 1, "account.name": 9})["demands"]
    3
    """
    return {name: sum(counts.get(c, 0) for c in commands) for name, commands in CAPABILITIES.items()}
