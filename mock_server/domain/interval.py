"""Half-open intervals `[start, end)` of whole seconds (rule slots.seconds), and sets of them (rules slots.sorted, slots.maximal).

A set is a tuple of intervals that ascend and neither overlap nor touch; every function here takes sets (or any iterable, where it says
so) and returns a set. What a second counts from — midnight of a date, or the epoch in UTC — is the caller's matter.
"""

from collections.abc import Iterable
from typing import NamedTuple

DAY = 86_400
"""Seconds of a wall-clock day, midnight to midnight."""


class Interval(NamedTuple):
    """Half-open `[start, end)`, in seconds."""

    start: int
    end: int


Intervals = tuple[Interval, ...]


def union(intervals: Iterable[Interval]) -> Intervals:
    """The set that covers what any of the given intervals covers, in any order, overlapping or not."""
    ascending = sorted([interval for interval in intervals if interval.start < interval.end])
    if not ascending:
        return ()
    merged = []
    begun, reached = ascending[0]
    for start, end in ascending:
        if start > reached:
            merged.append(Interval(begun, reached))
            begun, reached = start, end
        elif end > reached:
            reached = end
    return (*merged, Interval(begun, reached))


def subtract(intervals: Intervals, taken: Intervals) -> Intervals:
    """What of a set remains when another set is taken out."""
    if not taken:
        return intervals
    remaining: list[Interval] = []
    for start, end in intervals:
        for taken_start, taken_end in taken:
            if taken_end <= start:
                continue
            if taken_start >= end:
                break
            if start < taken_start:
                remaining.append(Interval(start, taken_start))
            start = taken_end
        if start < end:
            remaining.append(Interval(start, end))
    return tuple(remaining)


def intersect(intervals: Intervals, others: Intervals) -> Intervals:
    """What two sets have in common."""
    return tuple([Interval(max(a, c), min(b, d)) for a, b in intervals for c, d in others if a < d and c < b])


def shift_by(intervals: Iterable[Interval], seconds: int) -> Intervals:
    """The same intervals, all moved by the same number of seconds."""
    return tuple(Interval(start + seconds, end + seconds) for start, end in intervals)


def within(intervals: Iterable[Interval], start: int, end: int) -> Intervals:
    """What of the intervals lies inside `[start, end)`."""
    return tuple([Interval(max(a, start), min(b, end)) for a, b in intervals if a < end and b > start])


def fold_to_day(intervals: Iterable[Interval]) -> Intervals:
    """The times of day, 0 to DAY, that the intervals touch: cut at every midnight, and laid over each other."""
    pieces = []
    for start, end in intervals:
        while start < end:
            midnight = (start // DAY + 1) * DAY
            stop = min(end, midnight)
            pieces.append(Interval(start % DAY, start % DAY + stop - start))
            start = stop
    return union(pieces)
