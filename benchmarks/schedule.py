"""On paper: what a cluster takes for many tracks, simulated from measured lengths of tasks.

    python benchmarks/schedule.py [--tracks 100000] [--machines 50] [--cores 8] [--lengths 10] [FIGURES]

A task is one routine in one voice with all its lengths. Its time is drawn from `--first` (the first length, with
speech) and `--further` (each other length), in CPU seconds, with the spread that was measured. Tasks are taken in their
order by whichever worker is free, as Dask does; a worker takes no new one while the client has too much to receive. Now
and then a worker dies, and its task starts again elsewhere. The same arguments print the same figures.
"""

import argparse
import heapq
import random
import sys
from dataclasses import dataclass
from statistics import mean, pstdev


@dataclass(frozen=True)
class Plan:
    """What is made, where, and what was measured."""

    tracks: int
    machines: int
    cores: int
    lengths: int
    """Lengths of each routine, all in one task."""
    first_s: float
    further_s: float
    spread: float
    """Standard deviation of a task's time, as a share of it."""
    deaths_a_day: float
    """Deaths of each worker in a day."""
    track_mb: float
    link_mb_s: float
    """What the client receives in a second."""
    scheduling_s: float
    """What the scheduler needs for a task."""


@dataclass(frozen=True)
class Outcome:
    """What a plan comes to, in seconds; `idle` and `lost` are shares."""

    tasks: int
    work_s: float
    end_s: float
    received_s: float
    idle: float
    lost: float


def draw_tasks(plan: Plan, chance: random.Random) -> list[float]:
    """Return the time of each task in seconds."""
    usual = plan.first_s + (plan.lengths - 1) * plan.further_s
    count = -(-plan.tracks // plan.lengths)
    return [max(chance.gauss(usual, usual * plan.spread), usual / 4) for _ in range(count)]


def simulate(plan: Plan, seed: int = 1) -> Outcome:
    """Run the tasks on the workers of a plan."""
    chance = random.Random(seed)  # noqa: S311 - a simulation
    tasks = draw_tasks(plan, chance)
    workers = [(0.0, number) for number in range(plan.machines * plan.cores)]
    heapq.heapify(workers)
    rate = plan.deaths_a_day / 86_400
    asked = received = lost = end = 0.0
    waiting = list(reversed(tasks))
    while waiting:
        free, number = heapq.heappop(workers)
        task = waiting.pop()
        asked = max(asked + plan.scheduling_s, free)
        life = chance.expovariate(rate) if rate else float("inf")
        if life < task:
            lost += life
            waiting.append(task)
            heapq.heappush(workers, (asked + life + 30, number))  # a nanny starts it again
            continue
        end = max(end, asked + task)
        received = max(received, asked + task) + plan.lengths * plan.track_mb / plan.link_mb_s
        heapq.heappush(workers, (asked + task, number))
    work = sum(tasks)
    there = end * plan.machines * plan.cores
    return Outcome(len(tasks), work, end, received, 1 - (work + lost) / there, lost / work)


def show(plan: Plan, price: float) -> None:
    """Print what a plan comes to; the price is for an hour of a core."""
    runs = [simulate(plan, seed) for seed in range(5)]
    one = runs[0]
    ends, receipts = [run.end_s / 3600 for run in runs], [run.received_s / 3600 for run in runs]
    figures = {
        "tasks": f"{one.tasks} of {plan.lengths} tracks",
        "work": f"{one.work_s / 3600:.1f} core hours",
        "workers are done after": f"{mean(ends):.2f} h (+- {pstdev(ends):.3f} of five seeds)",
        "all tracks are here after": f"{mean(receipts):.2f} h, at {plan.link_mb_s:.0f} MB/s",
        "idle": f"{mean(run.idle for run in runs):.1%}",
        "made again after deaths": f"{mean(run.lost for run in runs):.2%}",
        "bytes that come back": f"{plan.tracks * plan.track_mb / 1e6:.2f} TB",
        "cost": f"{mean(ends) * plan.machines * plan.cores * price:.2f} at {price} for a core hour",
    }
    for name, figure in figures.items():
        print(f"{name:28} {figure}")


def main() -> int:
    """Simulate, and print the figures."""
    parser = argparse.ArgumentParser(description="Simulate many tracks on a cluster.")
    for name, usual in {"tracks": 100_000, "machines": 50, "cores": 8, "lengths": 10}.items():
        parser.add_argument(f"--{name}", type=int, default=usual)
    named = {"first": 8.0, "further": 0.6, "spread": 0.3, "deaths": 0.5, "track-mb": 9.6, "link": 100.0}
    for name, value in (named | {"scheduling": 0.002, "price": 0.04}).items():
        parser.add_argument(f"--{name}", type=float, default=value)
    given = parser.parse_args()
    plan = Plan(
        given.tracks, given.machines, given.cores, given.lengths, given.first, given.further, given.spread,
        given.deaths, given.track_mb, given.link, given.scheduling,
    )  # fmt: skip
    show(plan, given.price)
    return 0


if __name__ == "__main__":
    sys.exit(main())
