"""One measured figure, and the yardstick that makes seconds of different machines comparable."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import Any

# Seconds that the yardstick takes on the idle 2-core machine for which the goals are set.
YARDSTICK_S = 0.21  # measured on such a machine, idle
_YARDSTICK = """
import time, torch
torch.set_num_threads(2)
x, w = torch.randn(8, 64, 64, 64), torch.randn(64, 64, 3, 3)
times = []
for _ in range(7):
    begin = time.perf_counter()
    for _ in range(10):
        torch.nn.functional.conv2d(x, w, padding=1)
    times.append(time.perf_counter() - begin)
print(sorted(times)[3])
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value beside its goal; `how` says how it was measured. `at_most` is False where more is better."""

    name: str
    value: float
    goal: float
    how: str
    at_most: bool = True

    @property
    def is_reached(self) -> bool:
        """True if the value is on the right side of the goal."""
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    def to_json(self) -> dict[str, Any]:
        """`{"value", "goal", "ok", "how"}`."""
        return {"value": round(self.value, 4), "goal": self.goal, "ok": self.is_reached, "how": self.how}

    def __str__(self) -> str:
        sign = "<=" if self.at_most else ">="
        return f"{self.name:32} {self.value:10.3f} {sign} {self.goal:<7g} {'reached' if self.is_reached else 'MISSED '}  {self.how}"


def machine_factor() -> float:
    """How much slower this machine is now than the one of the goals: seconds are divided by it."""
    result = subprocess.run([sys.executable, "-c", _YARDSTICK], capture_output=True, text=True, check=True)
    return float(result.stdout) / YARDSTICK_S
