<?php
// A small and careful client of LeadSquared's RetrieveAvailableSlots: PHP 8, no extension, to be copied.
// Throws SlotsUnknown where it does not know: never wrong times, and never an empty list in place of an error.

declare(strict_types=1);

const PATH = '/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress';
const MOST_DAYS = 100;

final class SlotsUnknown extends Exception
{
}

final class SlotsClient
{
    private array $calls = [];

    public function __construct(
        private string $baseUrl,
        private string $accessKey,
        private string $secretKey,
        private int $pageSize = 100,
        private int $timeout = 10,
        private int $tries = 4,
    ) {
    }

    /** What can be booked from $first to $last (yyyy-MM-dd, both included): user, start, end; breaks taken out. */
    public function bookable(array $users, string $first, string $last, bool $includeAllowedConflicts = false): array
    {
        $found = [];
        [$from, $end] = [new DateTimeImmutable("$first UTC"), new DateTimeImmutable("$last UTC")];
        while ($from <= $end) {
            $to = min($end, $from->modify('+' . MOST_DAYS . ' days'));
            $body = ['FromDate' => $from->format('Y-m-d'), 'ToDate' => $to->format('Y-m-d'), 'Users' => $users,
                'IncludeAllowedConflictSlots' => $includeAllowedConflicts];
            for ($page = 1, $pages = 1; $page <= $pages; $page++) {
                $answer = $this->ask($body + ['Paging' => ['PageIndex' => $page, 'PageSize' => $this->pageSize]]);
                $pages = (int) ceil($answer['RecordCount'] / $this->pageSize);
                foreach ($answer['List'] ?? [] as $group) {
                    foreach ($group['UserSlots'] as $entry) {
                        array_push($found, ...freeTimes($group['Date'], $entry));
                    }
                }
            }
            $from = $to->modify('+1 day');
        }
        return $found;
    }

    /** One answer, however many calls it takes. */
    private function ask(array $body): array
    {
        $problem = '';
        for ($attempt = 1; $attempt <= $this->tries; $attempt++) {
            $pause = 0.2 * 2 ** $attempt;
            $text = $this->call($body);
            if ($text !== null && str_starts_with(ltrim($text), '<')) {
                throw new SlotsUnknown('an HTML page in place of an answer');
            }
            $document = json_decode($text ?? '', true);
            if (!is_array($document)) {
                // Reset, closed, cut off, too slow, or no JSON: worth another try.
                $problem = $text === null ? 'no reply' : 'the body is no JSON';
            } elseif (array_key_exists('RecordCount', $document)) {
                return $document;
            } else {
                // The status does not tell an error from an answer: the vendor sends errors inside 200, too.
                $problem = ($document['ExceptionType'] ?? '') . ': ' . ($document['ExceptionMessage'] ?? '');
                if (!preg_match('/exceeded the limit of (\d+) in (\d+) second/', $problem, $limit)) {
                    throw new SlotsUnknown($problem);
                }
                $pause = (int) $limit[2] + 0.1;
            }
            if ($attempt < $this->tries) {
                usleep((int) ($pause * 1e6));
            }
        }
        throw new SlotsUnknown($problem);
    }

    /** The body of a reply; null where there is none. */
    private function call(array $body): ?string
    {
        if (count($this->calls) >= 25) {
            // 25 calls in 5 s, and no more.
            usleep((int) max(0, (array_shift($this->calls) + 5.5 - microtime(true)) * 1e6));
        }
        $this->calls[] = microtime(true);
        // Keys in headers: a URL is written into logs.
        $headers = ["x-LSQ-AccessKey: {$this->accessKey}", "x-LSQ-SecretKey: {$this->secretKey}", 'Content-Type: application/json',
            'Connection: close'];
        $context = stream_context_create(['http' => ['method' => 'POST', 'header' => $headers, 'content' => json_encode($body),
            'timeout' => $this->timeout, 'ignore_errors' => true, 'protocol_version' => 1.1]]);
        $text = @file_get_contents($this->baseUrl . PATH, false, $context);
        return $text === false || $text === '' ? null : $text;
    }
}

/** The instants of a date that lie in a slot and in no break; both are wall-clock times of the template's zone. */
function freeTimes(string $day, array $entry): array
{
    $free = array_map('span', $entry['AvailableSlots'] ?? []);
    foreach (array_map('span', $entry['Breaks'] ?? []) as [$begin, $finish]) {
        $parts = [];
        foreach ($free as [$start, $end]) {
            array_push($parts, [$start, min($end, $begin)], [max($start, $finish), $end]);
        }
        $free = array_filter($parts, fn ($part) => $part[0] < $part[1]);
    }
    $zone = new DateTimeZone($entry['WorkDayTemplateTimeZone'] ?? 'UTC');
    $at = function (int $second) use ($day, $zone): string {
        $wall = (new DateTimeImmutable("$day UTC"))->modify("+$second seconds");
        return (new DateTimeImmutable($wall->format('Y-m-d H:i:s'), $zone))->format('c');
    };
    return array_values(array_map(
        fn ($part) => ['user' => $entry['EmailAddress'], 'start' => $at($part[0]), 'end' => $at($part[1])],
        $free,
    ));
}

/** Start and end in seconds of the day; an end at 00:00:00 is the end of the day. */
function span(array $times): array
{
    return [seconds($times['StartTime']), seconds($times['EndTime']) ?: 86400];
}

function seconds(string $text): int
{
    [$hours, $minutes, $seconds] = array_map('intval', explode(':', $text));
    return $hours * 3600 + $minutes * 60 + $seconds;
}
