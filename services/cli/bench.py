"""``katsaus bench``: measures on this machine, beside floors and a stock implementation."""

import argparse
import sys
from importlib import import_module
from types import ModuleType
from typing import Annotated

import typer
from rich.console import Console

from services.cli.failure import CommandError

bench_app = typer.Typer(
    help="Measure the services beside their framework's floor and a stock implementation, on this machine."
)

_PASSES_ON = {"allow_extra_args": True, "ignore_unknown_options": True}
"""The other benchmarks read their own options, `--help` too."""


@bench_app.callback(invoke_without_command=True)
def requests(
    context: typer.Context,
    seconds: Annotated[float, typer.Option(min=0.1, help="Measured time of a turn.")] = 3.0,
    connections: Annotated[int, typer.Option(min=1, help="Requests under way at once.")] = 16,
    rounds: Annotated[int, typer.Option(min=1, help="Turns of each request at each target.")] = 5,
    only: Annotated[str, typer.Option(help="Only requests whose name has this in it, such as 'feedback'.")] = "",
) -> None:
    """Requests of each kind, in turns with the floor and a stock implementation."""
    if context.invoked_subcommand is None:
        options = argparse.Namespace(seconds=seconds, connections=connections, rounds=rounds, only=only)
        _benchmark("__main__").carry_out(options, Console())


def _benchmark(name: str) -> ModuleType:
    try:
        return import_module(f"benchmarks.{name}")
    except ModuleNotFoundError as error:
        raise CommandError("The benchmarks are not installed: run this from a checkout of the project.") from error


def _add(name: str, measures: str) -> None:
    def run(context: typer.Context) -> None:
        sys.argv = [f"katsaus bench {name}", *context.args]
        _benchmark(name).main()

    bench_app.command(name, help=measures, add_help_option=False, context_settings=_PASSES_ON)(run)


_add("growth", "A quarter's answer at 2.4, 24 and 240 million answers a year, while the city writes.")
_add("overload", "Three times as many responses as can be taken.")
_add("imports", "An import of responses beside COPY.")
_add("exports", "A million-row export beside COPY.")
