"""Where the figures come from: the machine, the software and the date."""

from __future__ import annotations

import os
import platform
from datetime import date
from pathlib import Path

from benchmarks.systems import versions


def describe() -> dict[str, str]:
    return {
        "Date": date.today().isoformat(),
        "Command": "`python benchmarks`",
        "Processor": f"{_processor()}, {os.cpu_count()} cores",
        "System": f"{_system()}, {platform.machine()}",
        "Busy with other work": _load(),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "Libraries": versions(),
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or "unknown"


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return f"{platform.system()} {platform.release()}"


def _load() -> str:
    if not hasattr(os, "getloadavg"):
        return "unknown"
    return f"load average {os.getloadavg()[0]:.1f} when the run began"
