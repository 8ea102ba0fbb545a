<?php

declare(strict_types=1);

/** A time zone over the days of one request: its stretches of one offset, [from, to, offset] in Unix times and seconds. */
final class Zone
{
    public readonly array $stretches;

    public function __construct(public readonly string $name, int $from, int $to)
    {
        $zone = new DateTimeZone($name);
        $changes = $zone->getTransitions($from, $to);
        if (bug('offset-of-first-day')) {
            $changes = array_slice($changes, 0, 1);
        }
        if (bug('standard-time-only')) {
            $changes = [['ts' => $from, 'offset' => min(array_column($zone->getTransitions($from - 31_622_400, $to), 'offset'))]];
        }
        $stretches = [];
        foreach ($changes as $number => $change) {
            $stretches[] = [$number === 0 ? $from : $change['ts'], $changes[$number + 1]['ts'] ?? $to, $change['offset']];
        }
        $this->stretches = $stretches;
    }

    /** Where the wall clock stands while an interval of instants passes; two intervals where clocks change in it. */
    public function local(int $start, int $end): array
    {
        $all = [];
        foreach ($this->stretches as $number => [$from, $to, $offset]) {
            if ($start < $to && $from < $end) {
                if (bug('fold-first-only') && $number > 0 && $this->stretches[$number - 1][2] > $offset) {
                    $all = [...$all, ...without([[max($start, $from) + $offset, min($end, $to) + $offset]],
                        [[$from + $offset, $from + $this->stretches[$number - 1][2]]])];
                    continue;
                }
                $all[] = [max($start, $from) + $offset, min($end, $to) + $offset];
            }
        }
        return $all;
    }

    /** The seconds of the wall clock that exist, of a day that begins at `$midnight` on it. */
    public function existing(int $midnight): array
    {
        $day = [[$midnight, $midnight + 86400]];
        return bug('gap-kept') ? $day : common($day, $this->local($midnight - 172_800, $midnight + 259_200));
    }

    /** One offset for the whole day, that of its first moment. */
    public function offset_at(int $midnight): int
    {
        foreach ($this->stretches as [$from, $to, $offset]) {
            if ($midnight - $offset < $to) {
                return $offset;
            }
        }
        return $this->stretches[0][2];
    }
}
