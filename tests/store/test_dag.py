from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from store.dag import Edges, cycle, descendants, path

NODES = st.integers(1, 9)
PAIRS = st.lists(st.tuples(NODES, NODES).filter(lambda pair: pair[0] != pair[1]), max_size=25)


def edges_of(pairs: Collection[tuple[int, int]]) -> Edges:
    def edges(tasks: Collection[int]) -> Mapping[int, list[int]]:
        return {task: [to for start, to in pairs if start == task] for task in tasks}

    return edges


def is_acyclic(pairs: Collection[tuple[int, int]]) -> bool:
    graph: dict[int, set[int]] = {}
    for task, prerequisite in pairs:
        graph.setdefault(task, set()).add(prerequisite)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError:
        return False
    return True


def without_cycles(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Each edge from a larger to a smaller number, so that no cycle is possible."""
    return [(max(pair), min(pair)) for pair in pairs]


def test_a_path_is_the_shortest_and_has_both_ends() -> None:
    edges = edges_of([(1, 2), (2, 3), (3, 4), (1, 5), (5, 4)])
    assert path(1, 4, edges) == (1, 5, 4)
    assert path(4, 1, edges) is None
    assert path(1, 1, edges) == (1,)


def test_a_task_that_waits_for_itself_is_a_cycle_of_one() -> None:
    assert cycle(1, 1, edges_of([])) == (1, 1)


@given(PAIRS, NODES, NODES)
def test_an_edge_is_a_cycle_exactly_when_the_graph_with_it_has_no_order(
    pairs: list[tuple[int, int]], task: int, prerequisite: int
) -> None:
    pairs = without_cycles(pairs)
    closed = cycle(task, prerequisite, edges_of(pairs))
    assert (closed is None) == is_acyclic([*pairs, (task, prerequisite)])
    if closed is not None:
        assert closed[0] == closed[-1] == task
        assert all(step in {*pairs, (task, prerequisite)} for step in pairwise(closed))


@given(PAIRS, NODES)
def test_descendants_are_all_that_can_be_reached_each_after_what_it_waits_for(
    pairs: list[tuple[int, int]], start: int
) -> None:
    pairs = without_cycles(pairs)
    after = descendants(start, edges_of(pairs))
    assert len(after) == len(set(after))
    assert set(after) == {node for node in range(1, 10) if node != start and path(start, node, edges_of(pairs))}
    for task, successor in pairs:
        if task in after and successor in after:
            assert after.index(task) < after.index(successor)
