"""What the measured processes use, as Linux tells it; nothing where there is no ``/proc``."""

import os
from collections.abc import Iterator
from pathlib import Path

KIB = 1024

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")


def pid_of(app: str, port: int) -> int | None:
    """The Uvicorn process that serves ``app`` at the port."""
    for pid, words in _commands():
        if app in words and str(port) in words:
            return pid
    return None


def postmaster_of(home: Path) -> int:
    """The first process of the PostgreSQL whose data is in the folder."""
    return int((home / "postmaster.pid").read_text().split("\n", 1)[0])


def processor_seconds(pid: int) -> float:
    """Used so far by the process and the children it has now."""
    try:
        # After the name, which may hold anything, in brackets.
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        children = (_PROC / str(pid) / "task" / str(pid) / "children").read_text().split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS + sum(processor_seconds(int(child)) for child in children)


def rss_mib(pid: int) -> float:
    """The process's resident memory."""
    lines = (_PROC / str(pid) / "status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) / KIB


def forget_peak(pid: int) -> None:
    """Let :func:`peak_rss_mib` tell the most memory from now on."""
    (_PROC / str(pid) / "clear_refs").write_text("5")


def peak_rss_mib(pid: int) -> float:
    """The most resident memory the process ever had, or since :func:`forget_peak`."""
    lines = (_PROC / str(pid) / "status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM:")).split()[1]) / KIB


def _commands() -> Iterator[tuple[int, list[str]]]:
    for folder in _PROC.glob("[0-9]*"):
        try:
            yield int(folder.name), (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
