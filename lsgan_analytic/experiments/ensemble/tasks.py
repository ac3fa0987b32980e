"""Which of several tasks this process is."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """Number ``index`` of ``count`` tasks."""

    index: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.index < self.count:
            raise ValueError(f"task: expected a number from 0 to count - 1 = {self.count - 1}, got {self}")

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def within(self, outer: "Task") -> "Task":
        """This one of the tasks of ``outer``, which all have as many."""
        return Task(outer.index * self.count + self.index, outer.count * self.count)


def parsed(text: str) -> Task:
    """``"3/8"``: the fourth of eight."""
    index, _, count = text.partition("/")
    if not (index.isdecimal() and count.isdecimal()):
        raise ValueError(f"--task: expected INDEX/COUNT, e.g. 0/8, got {text!r}")
    return Task(int(index), int(count))


def of_step(environment: Mapping[str, str]) -> Task:
    """The task of a SLURM job step (``srun``). A batch script is no step, and one task."""
    if "SLURM_STEP_NUM_TASKS" not in environment:
        return Task()
    return Task(int(environment["SLURM_PROCID"]), int(environment["SLURM_STEP_NUM_TASKS"]))


def of_array(environment: Mapping[str, str]) -> Task:
    """The element of a SLURM job array."""
    if "SLURM_ARRAY_TASK_ID" not in environment:
        return Task()
    names = ("ID", "MIN", "MAX", "STEP", "COUNT")
    index, least, most, step, count = (int(environment[f"SLURM_ARRAY_TASK_{name}"]) for name in names)
    if (most - least) // step + 1 != count:
        raise ValueError(
            f"--array: expected evenly spaced indices, got {count} from {least} to {most} in steps of {step}"
        )
    return Task((index - least) // step, count)
