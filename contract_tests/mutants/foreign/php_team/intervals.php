<?php

declare(strict_types=1);

/** Sorted and disjoint intervals that cover the same seconds. */
function merged(array $intervals): array
{
    sort($intervals);
    $all = [];
    foreach ($intervals as [$start, $end]) {
        if ($start >= $end) {
            continue;
        }
        $last = count($all) - 1;
        if ($last >= 0 && $start <= $all[$last][1]) {
            $all[$last][1] = max($all[$last][1], $end);
        } else {
            $all[] = [$start, $end];
        }
    }
    return $all;
}

/** What of merged intervals is in none of the others. */
function without(array $intervals, array $taken): array
{
    foreach ($taken as [$from, $to]) {
        $left = [];
        foreach ($intervals as [$start, $end]) {
            if ($to <= $start || $end <= $from) {
                $left[] = [$start, $end];
                continue;
            }
            if ($start < $from || (bug('empty-slots') && $start === $from)) {
                $left[] = [$start, $from];
            }
            if ($to < $end || (bug('empty-slots') && $to === $end)) {
                $left[] = [$to, $end];
            }
        }
        $intervals = $left;
    }
    return $intervals;
}

/** What is in both. */
function common(array $some, array $others): array
{
    $all = [];
    foreach ($some as [$start, $end]) {
        foreach ($others as [$from, $to]) {
            $all[] = [max($start, $from), min($end, $to)];
        }
    }
    return merged($all);
}
