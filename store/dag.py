"""What waits for what, as a graph without cycles. Pure: the edges come from a function, a layer at a time.

A layer at a time, because one query can then fetch the edges of many tasks at once, and only those that are needed.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from graphlib import TopologicalSorter

Edges = Callable[[Collection[int]], Mapping[int, Iterable[int]]]
"""From some tasks to the tasks next to each; a task without any may be left out."""


def path(start: int, goal: int, edges: Edges) -> tuple[int, ...] | None:
    """A shortest way from `start` to `goal` along the edges, both ends included, or None."""
    came_from: dict[int, int | None] = {start: None}
    layer = [start]
    while goal not in came_from and layer:
        found = edges(layer)
        following = []
        for task in layer:
            for neighbour in found.get(task, ()):
                if neighbour not in came_from:
                    came_from[neighbour] = task
                    following.append(neighbour)
        layer = following
    if goal not in came_from:
        return None
    way: list[int] = []
    step: int | None = goal
    while step is not None:
        way.append(step)
        step = came_from[step]
    return tuple(reversed(way))


def cycle(task: int, prerequisite: int, prerequisites: Edges) -> tuple[int, ...] | None:
    """The cycle that would be closed if `task` waited for `prerequisite`, or None.

    It begins and ends with `task`, each waiting for the next.
    """
    way = path(prerequisite, task, prerequisites)
    return (task, *way) if way else None


def descendants(start: int, successors: Edges) -> tuple[int, ...]:
    """All that comes after `start`, directly or not, each after everything it waits for."""
    graph: dict[int, set[int]] = {}
    layer = [start]
    while layer:
        found = successors(layer)
        following = []
        for task in layer:
            for successor in found.get(task, ()):
                if successor not in graph:
                    following.append(successor)
                graph.setdefault(successor, set()).add(task)
        layer = following
    return tuple(task for task in TopologicalSorter(graph).static_order() if task != start)
