"""``python -m benchmarks``: Katsaus, echo and stock in turns, request kind by request kind, in one run."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from rich.console import Console

from benchmarks.bodies import SURVEY_CODE, feedback_bodies, response_bodies
from benchmarks.load_generator import Outcome, Plan
from benchmarks.processes import postmaster_of, processor_seconds
from benchmarks.results import TARGETS, Comparison, machine, table_of, write
from benchmarks.stage import QUARTER_PATH, Stage, Stored, running_stage

WARMUP_SECONDS = 0.5
"""Each turn begins with it: connections, caches and prepared statements are there when measuring begins."""

FEEDBACK = "POST /v1/feedback"
RESPONSES = "POST /v1/surveys/…/responses"

_DONE_WITHIN_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class RequestKind:
    """A request that is measured at all three targets. ``ports`` are in the order of the targets."""

    name: str
    path: str
    bodies: list[dict[str, Any]]
    ports: tuple[int, ...]
    if_none_match: str | None = None
    is_keyed: bool = False

    def plan(self, target: str, options: argparse.Namespace) -> Plan:
        """The load for one turn at ``target``."""
        bodies = [orjson.dumps(body).decode() for body in self.bodies]
        port = self.ports[TARGETS.index(target)]
        return Plan(
            port,
            self.path,
            bodies,
            options.connections,
            WARMUP_SECONDS,
            options.seconds,
            self.if_none_match,
            self.is_keyed,
        )


def request_kinds(stage: Stage) -> list[RequestKind]:
    """What is measured."""
    feedback, responses = "/v1/feedback", f"/v1/surveys/{SURVEY_CODE}/responses"

    def ports(service: str) -> tuple[int, ...]:
        return tuple(stage.ports[name] for name in (service, "echo", "stock"))

    return [
        RequestKind(FEEDBACK, feedback, feedback_bodies(), ports("feedback_api")),
        RequestKind(f"{FEEDBACK} with a key", feedback, feedback_bodies(), ports("feedback_api"), is_keyed=True),
        RequestKind(RESPONSES, responses, response_bodies(), ports("survey_api")),
        RequestKind(f"{RESPONSES} with a key", responses, response_bodies(), ports("survey_api"), is_keyed=True),
        RequestKind(f"GET {QUARTER_PATH}", QUARTER_PATH, [], ports("reporting_api")),
        RequestKind("… not modified", QUARTER_PATH, [], ports("reporting_api"), if_none_match="*"),
    ]


def take_watched_turn(stage: Stage, plan: Plan) -> Outcome:
    """A turn, and the processor time of a request of it in the service's process and in PostgreSQL's."""
    service, database = stage.pids[plan.port], postmaster_of(stage.postgres_data)
    before = processor_seconds(service), processor_seconds(database)
    outcome = take_turn(plan)
    outcome.service_us = 1e6 * (processor_seconds(service) - before[0]) / outcome.accepted
    outcome.database_us = 1e6 * max(0.0, processor_seconds(database) - before[1]) / outcome.accepted
    return outcome


def take_turn(plan: Plan) -> Outcome:
    """Run the load generator as a process of its own; raises :class:`RuntimeError` where a request was refused."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load_generator"],
        input=orjson.dumps(asdict(plan)),
        stdout=subprocess.PIPE,
        check=True,
        timeout=_DONE_WITHIN_SECONDS + plan.seconds,
    )
    outcome = Outcome(**orjson.loads(done.stdout))
    if outcome.refusal or not outcome.measured:
        raise RuntimeError(f"{plan.path} on port {plan.port}: {outcome.refusal or 'no answer in time'}")
    return outcome


def measure(stage: Stage, options: argparse.Namespace, console: Console) -> list[Comparison]:
    """All turns. The order of the targets moves on by one each round, so that none always follows the same one."""
    kinds = [kind for kind in request_kinds(stage) if options.only in kind.name]
    rounds: dict[str, dict[str, list[Outcome]]] = {kind.name: {target: [] for target in TARGETS} for kind in kinds}
    for number in range(options.rounds):
        order = [*TARGETS[number % len(TARGETS) :], *TARGETS[: number % len(TARGETS)]]
        for kind in kinds:
            with console.status(f"Round {number + 1} of {options.rounds}: {kind.name}"):
                for target in order:
                    rounds[kind.name][target].append(take_watched_turn(stage, kind.plan(target, options)))
    return [Comparison.of(name, outcomes) for name, outcomes in rounds.items()]


def check_stored(stored: Stored, comparisons: Sequence[Comparison]) -> None:
    """Raise :class:`AssertionError` unless every accepted request is in its database, and nothing else."""

    def count(beginning: str, target: str) -> int:
        return sum(one.summaries[target].accepted for one in comparisons if one.request.startswith(beginning))

    accepted = Stored(
        count(FEEDBACK, "katsaus"), count(RESPONSES, "katsaus"), count(FEEDBACK, "stock"), count(RESPONSES, "stock")
    )
    if stored != accepted:
        raise AssertionError(f"accepted {accepted}, stored {stored}")


def read_options() -> argparse.Namespace:
    """The command's options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="measured time of a turn (%(default)s)")
    parser.add_argument("--connections", type=int, default=16, help="requests under way at once (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each request at each target (%(default)s)")
    parser.add_argument("--only", default="", help="only requests whose name has this in it, such as 'feedback'")
    options = parser.parse_args()
    if options.seconds <= 0 or options.connections < 1 or options.rounds < 1:
        parser.error("--seconds, --connections and --rounds must be positive")
    return options


def main() -> None:
    """Measure as the command line says."""
    options = read_options()
    carry_out(options, Console())


def carry_out(options: argparse.Namespace, console: Console) -> None:
    """Measure, check, show and keep. ``options`` has seconds, connections, rounds and only."""
    before = machine()
    with running_stage(console) as stage:
        comparisons = measure(stage, options, console)
        check_stored(stage.stored(), comparisons)
    conditions = {
        "seconds": options.seconds,
        "connections": options.connections,
        "rounds": options.rounds,
        "postgres": stage.postgres_version,
        "quarter_answer_bytes": stage.quarter_bytes,
        "load_before": before["load"],
    }
    console.print(table_of(comparisons))
    console.print("Every accepted request was found in its database.")
    console.print(f"Kept as {write(comparisons, conditions)}", soft_wrap=True)


if __name__ == "__main__":
    main()
