"""What the kernel says: memory of a process tree, free ports, the machine. Linux, as wrk is."""

import os
import platform
import socket
from pathlib import Path

_PROC = Path("/proc")


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def resident_megabytes(pid: int) -> float:
    """Resident memory of a process and everything it started, in 10⁶ bytes; a page that two of them share is counted twice."""
    return sum(_resident(member) for member in _tree(pid)) / 1e6


def machine() -> dict[str, str | int]:
    """What somebody has to know to compare figures."""
    models = [line.partition(":")[2].strip() for line in _read(_PROC / "cpuinfo").splitlines() if line.startswith("model name")]
    return {
        "cpu": models[0] if models else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "kernel": platform.release().partition("-")[0],
    }


def load_average() -> float:
    """Processes that wanted a core in the last minute: above zero before a run, somebody else is at work."""
    return os.getloadavg()[0]


def _tree(pid: int) -> list[int]:
    parents = {int(path.name): _parent(path) for path in _PROC.iterdir() if path.name.isdigit()}
    members = [pid]
    for member in members:
        members += [child for child, parent in parents.items() if parent == member]
    return members


def _parent(path: Path) -> int:
    # The name of the program stands in brackets and may hold spaces.
    fields = _read(path / "stat").rpartition(")")[2].split()
    return int(fields[1]) if fields else 0


def _resident(pid: int) -> int:
    pages = _read(_PROC / str(pid) / "statm").split()
    return int(pages[1]) * os.sysconf("SC_PAGESIZE") if pages else 0


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        # The process ended in the meantime.
        return ""
