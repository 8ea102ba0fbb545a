<?php

declare(strict_types=1);

/** One user's days: what is free, the breaks, what is busy, and why a day has nothing. */
final class Days
{
    private readonly ?array $template;
    private readonly Zone $zone;

    public function __construct(private readonly array $user, array $templates, private readonly bool $allowed, callable $zones)
    {
        $this->template = $user['template'] === null ? null : $templates[$user['template']];
        $this->zone = $zones($this->template['zone'] ?? $user['zone']);
    }

    /** The members of one date that depend on the calendar. */
    public function on(string $date): array
    {
        $midnight = strtotime("$date UTC");
        $reason = $this->reason($date, $midnight);
        if ($reason === 'WorkDayTemplateNotDefined') {
            $nothing = bug('no-template-empty-lists') ? [] : null;
            $slots = bug('no-template-all-day') ? [['StartTime' => '00:00:00', 'EndTime' => '23:59:59']] : $nothing;
            return [$slots, $nothing, bug('no-template-nothing-busy') ? [] : $this->busy($date, $midnight), $reason];
        }
        $absent = $reason !== null;
        $pieces = $this->pieces('shifts', $midnight);
        $slots = $absent && !(bug('holiday-keeps-slots') && $reason === 'Holiday') ? [] : $this->clock($this->free($date, $midnight, $pieces), $midnight);
        $breaks = $absent && !bug('breaks-on-absent-days') ? [] : $this->breaks($midnight, $pieces);
        $busy = $absent && bug('absent-nothing-busy') ? [] : $this->busy($date, $midnight);
        if (bug('fully-booked-null') && !$absent && $slots === []) {
            $slots = null;
        }
        if (bug('fully-booked-reason') && !$absent && $slots === []) {
            $reason = 'FullyBooked';
        }
        return [$slots, $breaks, $busy, $reason];
    }

    private function reason(string $date, int $midnight): ?string
    {
        if ($this->template === null) {
            return 'WorkDayTemplateNotDefined';
        }
        $holiday = bug('holiday-by-utc') ? gmdate('Y-m-d', $midnight - $this->zone->offset_at($midnight)) : $date;
        if (in_array($holiday, bug('holidays-of-everybody') ? $GLOBALS['holidays'] : $this->user['holidays'], true)) {
            return 'Holiday';
        }
        foreach ($this->user['leaves'] as [$from, $to]) {
            if ($from <= $date && (bug('leave-last-day-lost') && $from < $to ? $date < $to : $date <= $to)) {
                return 'Leave';
            }
        }
        if (bug('partial-leave-all-day') && in_array($date, array_column($this->user['absences'], 0), true)) {
            return 'Leave';
        }
        if ($this->pieces('shifts', $midnight) === []) {
            return bug('not-scheduled-silent') ? null : 'NotScheduled';
        }
        return null;
    }

    /** The shifts or breaks of a date, in seconds of the wall clock since 1970; what began the evening before is cut at midnight. */
    private function pieces(string $which, int $midnight): array
    {
        $week = $this->template[$which];
        $weekday = (int) gmdate('N', $midnight);
        if (bug('sunday-is-zero')) {
            $weekday = (int) gmdate('w', $midnight);
        }
        $pieces = [];
        foreach ($week[$weekday] ?? [] as [$start, $end]) {
            if (bug('night-whole')) {
                $pieces[] = [$midnight + $start, $midnight + $end];
                continue;
            }
            $pieces[] = [$midnight + $start, $midnight + min($end, 86400)];
            if ($end > 86400 && bug('night-on-one-date')) {
                $pieces[] = [$midnight, $midnight + $end - 86400];
            }
        }
        if (!bug('night-whole') && !bug('night-rest-lost') && !bug('night-on-one-date')) {
            foreach ($week[($weekday + 5) % 7 + 1] ?? [] as [$start, $end]) {
                if ($end > 86400) {
                    $pieces[] = [$midnight, $midnight + $end - 86400];
                }
            }
        }
        return bug('first-shift-only') && $which === 'shifts' ? array_slice(merged($pieces), 0, 1) : merged($pieces);
    }

    private function free(string $date, int $midnight, array $pieces): array
    {
        $free = bug('night-whole') ? $pieces : common($pieces, $this->zone->existing($midnight));
        foreach ($this->user['absences'] as [$day, $start, $end]) {
            $shift = bug('partial-leave-utc') ? $this->zone->offset_at($midnight) : 0;
            if ($day === $date) {
                $free = without($free, [[$midnight + $start + $shift, $midnight + $end + $shift]]);
            }
        }
        if (bug('true-is-whole-shift') && $this->allowed) {
            return $free;
        }
        $taken = [];
        foreach ($this->user['tasks'] as [$start, $end, $allows]) {
            if ($allows && $this->allowed || !$this->near($start, $end, $midnight)) {
                continue;
            }
            $taken = [...$taken, ...$this->taken($start, $end, $midnight)];
        }
        return without($free, bug('empty-slots') ? $taken : merged($taken));
    }

    /** Where a task takes time on the wall clock of a day. */
    private function taken(int $start, int $end, int $midnight): array
    {
        if (bug('offset-of-midnight')) {
            $offset = $this->zone->offset_at($midnight);
            return [[$start + $offset, $end + $offset]];
        }
        if (bug('blocks-to-whole-hours')) {
            return array_map(fn(array $one) => [$one[0] - $one[0] % 3600, $one[1] + (-$one[1] % 3600 + 3600) % 3600], $this->zone->local($start, $end));
        }
        if (bug('blocks-start-minute-late')) {
            return $this->zone->local(min($start + 60, $end), $end);
        }
        if (bug('long-task-ignored') && $end - $start > 7200) {
            return [];
        }
        return $this->zone->local($start, $end);
    }

    private function near(int $start, int $end, int $midnight): bool
    {
        return $end > $midnight - 86_400 && $start < $midnight + 172_800;
    }

    private function breaks(int $midnight, array $pieces): ?array
    {
        $written = $this->pieces('breaks', bug('breaks-of-monday') ? $midnight - ((int) gmdate('N', $midnight) - 1) * 86400 : $midnight);
        if (bug('breaks-of-monday')) {
            $back = ((int) gmdate('N', $midnight) - 1) * 86400;
            $written = array_map(fn(array $one) => [$one[0] + $back, $one[1] + $back], $written);
        }
        $breaks = common($written, $pieces);
        if (bug('first-break-only')) {
            $breaks = array_slice($breaks, 0, 1);
        }
        if (bug('breaks-in-utc')) {
            $offset = $this->zone->offset_at($midnight);
            return array_map(fn(array $one) => times(gmdate('H:i:s', $one[0] - $offset), gmdate('H:i:s', $one[1] - $offset)), $breaks);
        }
        if (bug('breaks-with-date')) {
            return array_map(fn(array $one) => times(gmdate('Y-m-d H:i:s', $one[0]), gmdate('Y-m-d H:i:s', $one[1])), $breaks);
        }
        return bug('no-breaks-null') && $breaks === [] ? null : $this->clock($breaks, $midnight);
    }

    /** Wall-clock intervals of a date as the answer prints them. */
    private function clock(array $intervals, int $midnight): array
    {
        $format = match (true) {
            bug('twelve-hours') => 'h:i:s',
            bug('month-for-minutes') => 'H:m:s',
            bug('times-without-seconds') => 'H:i',
            default => 'H:i:s',
        };
        $shift = bug('slots-in-users-zone') ? $GLOBALS['zones']($this->user['zone'])->offset_at($midnight) - $this->zone->offset_at($midnight) : 0;
        $all = [];
        foreach ($intervals as [$start, $end]) {
            $at_end = $end === $midnight + 86400;
            $printed = match (true) {
                $at_end && bug('midnight-24') => '24:00:00',
                $at_end && bug('midnight-235959') => '23:59:59',
                default => gmdate($format, $end + $shift),
            };
            if ($at_end && bug('midnight-lost')) {
                continue;
            }
            if (bug('slots-at-least-half-an-hour') && $end - $start < 1800) {
                continue;
            }
            $all[] = times(gmdate($format, $start + $shift), $printed);
        }
        return bug('late-shift-first') ? array_reverse($all) : $all;
    }

    private function busy(string $date, int $midnight): array
    {
        $tasks = [];
        foreach ($this->user['tasks'] as [$start, $end, $allows]) {
            if ($allows && !(bug('busy-lists-allowed') || bug('true-lists-allowed') && $this->allowed)) {
                continue;
            }
            if ($this->near($start, $end, $midnight) && $this->overlaps($start, $end, $date, $midnight)) {
                $tasks[] = [$start, $end];
            }
        }
        if (bug('true-has-nothing-busy') && $this->allowed) {
            return [];
        }
        if (bug('busy-merged')) {
            $tasks = merged($tasks);
        }
        if (bug('busy-unique')) {
            $tasks = array_values(array_unique($tasks, SORT_REGULAR));
        }
        if (bug('busy-by-end')) {
            usort($tasks, fn(array $one, array $other) => [$one[1], $one[0]] <=> [$other[1], $other[0]]);
        } elseif (bug('busy-latest-first')) {
            rsort($tasks);
        } elseif (!bug('busy-as-stored')) {
            sort($tasks);
        }
        return array_map(fn(array $task) => $this->printed($task[0], $task[1], $midnight), $tasks);
    }

    private function overlaps(int $start, int $end, string $date, int $midnight): bool
    {
        if (bug('busy-by-utc-date')) {
            return gmdate('Y-m-d', $start) <= $date && $date <= gmdate('Y-m-d', $end - 1);
        }
        $local = $this->zone->local($start, $end);
        if (bug('busy-under-start-only')) {
            $local = [[$local[0][0], $local[0][0] + 1]];
        }
        return common($local, [[$midnight, $midnight + 86400]]) !== [];
    }

    private function printed(int $start, int $end, int $midnight): array
    {
        $offset = $this->zone->offset_at($midnight);
        if (bug('busy-clipped')) {
            [$start, $end] = [max($start, $midnight - $offset), min($end, $midnight - $offset + 86400)];
        }
        if (bug('busy-in-template-zone')) {
            [$start, $end] = [$start + $offset, $end + $offset];
        }
        if (bug('busy-in-server-zone')) {
            [$start, $end] = [$start + 19800, $end + 19800];
        }
        $format = match (true) {
            bug('busy-iso') => 'Y-m-d\TH:i:s\Z',
            bug('busy-milliseconds') => 'Y-m-d H:i:s.000',
            bug('busy-twelve-hours') => 'Y-m-d h:i:s',
            bug('busy-iso-year') => 'o-m-d H:i:s',
            bug('busy-without-date') => 'H:i:s',
            default => 'Y-m-d H:i:s',
        };
        return times(gmdate($format, $start), gmdate($format, $end));
    }
}

function times(string $start, string $end): array
{
    return ['StartTime' => $start, 'EndTime' => $end];
}
