<?php

declare(strict_types=1);

function all_users(): array
{
    return $GLOBALS['calendar']['users'];
}

/** The users that are asked for and known, each once, by address. */
function found(array $asked): array
{
    $found = [];
    foreach ($asked as $address) {
        $known = all_users()[bug('capitals-not-found') ? $address : folded($address)] ?? null;
        if (bug('address-like')) {
            $known = current(array_filter(all_users(), fn(array $one) => str_starts_with(folded($one['email']), folded($address)))) ?: null;
        }
        if ($known === null && bug('unknown-address-500')) {
            throw new Refusal(500, 'MXException', 'Trying to access array offset on value of type null');
        }
        if ($known === null && !bug('unknown-address-null')) {
            continue;
        }
        if ($known !== null) {
            $known['email'] = bug('address-as-asked') ? $address : (bug('address-in-small-letters') ? strtolower($known['email']) : $known['email']);
            $known['email'] = bug('address-encoded-twice') ? utf8_encode($known['email']) : $known['email'];
        }
        $found[] = $known;
    }
    if (!bug('unknown-address-null')) {
        usort($found, fn(array $one, array $other) => folded($one['email']) <=> folded($other['email']));
    }
    if (bug('first-user-only')) {
        $found = array_slice($found, 0, 1);
    }
    $once = [];
    foreach ($found as $number => $user) {
        if ($user === null || !in_array($user['id'], array_column($once, 'id'), true)) {
            bug('duplicates-leave-gaps') ? $once[$number] = $user : $once[] = $user;
        }
    }
    return $once;
}

function page(array $users, Query $query): array
{
    if ($query->index === null) {
        return $users;
    }
    $size = bug('three-a-page-at-most') ? min($query->size, 3) : $query->size;
    if (bug('size-zero-is-all') && $size === 0) {
        return $users;
    }
    $index = $query->index;
    $pages = intdiv(count($users) + $size - 1, $size);
    if ($index > max($pages, 1)) {
        if (bug('past-last-page-404')) {
            throw new Refusal(404, 'MXInvalidInputException', 'There is no such page');
        }
        if (bug('past-last-page-is-last')) {
            $index = $pages;
        }
        if (bug('past-last-page-is-first')) {
            $index = 1;
        }
    }
    $first = match (true) {
        bug('pages-from-zero') => $index * $size,
        bug('pages-overlap') => ($index - 1) * max($size - 1, 1),
        default => ($index - 1) * $size,
    };
    if (bug('huge-page-500') && is_float($first)) {
        throw new Refusal(500, 'MXException', 'array_slice(): Argument #2 ($offset) must be of type int, float given', true);
    }
    if (bug('last-page-lost') && $pages > 1 && $index === $pages && count($users) % $size !== 0) {
        return [];
    }
    if (bug('page-is-one-longer')) {
        $size++;
    }
    return is_float($first) ? [] : array_slice($users, $first, $size, bug('pages-keep-their-keys'));
}

/** The dates asked for. */
function dates(Query $query): array
{
    $dates = [];
    if (bug('days-of-86400-seconds')) {
        date_default_timezone_set('Europe/Berlin');
        for ($at = strtotime($query->from); $at <= strtotime($query->to); $at += 86400) {
            $dates[] = date('Y-m-d', $at);
        }
        date_default_timezone_set('UTC');
        return $dates;
    }
    for ($date = new DateTimeImmutable($query->from); $date->format('Y-m-d') <= $query->to; $date = $date->modify('+1 day')) {
        $dates[] = $date->format('Y-m-d');
    }
    if (bug('to-date-excluded') && count($dates) > 1 || bug('one-date-is-none') && count($dates) === 1) {
        array_pop($dates);
    }
    if (bug('at-most-31-dates')) {
        $dates = array_slice($dates, 0, 31);
    }
    return bug('latest-date-first') ? array_reverse($dates) : $dates;
}

/** The answer of the call, as nested arrays. */
function answer(Query $query): array
{
    $users = found($query->users);
    if (bug('page-before-lookup')) {
        $asked = page($query->users, $query);
        [$total, $page] = [count($query->users), $asked === [] ? [] : found($asked)];
    } else {
        [$total, $page] = [count($users), page($users, $query)];
    }
    $total = match (true) {
        bug('count-of-page') => count($page),
        bug('count-of-asked') => count($query->users),
        bug('count-of-dates') => count(dates($query)),
        bug('count-of-pages') && $query->size !== null => (int) ceil($total / $query->size),
        default => $total,
    };
    $GLOBALS['holidays'] = array_merge(...array_column($page, 'holidays') ?: [[]]);
    $from = strtotime("$query->from UTC") - 3 * 86400;
    $to = strtotime("$query->to UTC") + 4 * 86400;
    $known = [];
    $GLOBALS['zones'] = function (string $name) use (&$known, $from, $to): Zone {
        return $known[$name] ??= new Zone($name, $from, $to);
    };
    $list = [];
    $rest = null;
    foreach ($page === [] ? [] : dates($query) as $date) {
        $entries = [];
        foreach ($page as $number => $user) {
            $entry = $user === null ? null : entry($user, $date, $query, $number, $rest);
            if (bug('absent-users-left-out') && ($entry['NoSlotsReason'] ?? null) !== null) {
                continue;
            }
            $entries[$number] = $entry;
        }
        if (bug('last-user-doubled') && count($entries) > 1) {
            $entries[array_key_last($entries)] = $entries[count($entries) - 2];
        }
        if (bug('free-users-first')) {
            usort($entries, fn(array $one, array $other) => count($other['AvailableSlots'] ?? []) <=> count($one['AvailableSlots'] ?? []));
        }
        if (bug('absent-users-left-out')) {
            $entries = array_values($entries);
        }
        if (bug('empty-dates-left-out') && array_filter($entries, fn(?array $one) => ($one['AvailableSlots'] ?? []) !== []) === []) {
            continue;
        }
        $list[] = ['Date' => date_as_printed($date), 'UserSlots' => $entries];
    }
    if (bug('pages-of-dates') && $query->index !== null) {
        $list = [];
        foreach (array_slice(dates($query), ($query->index - 1) * $query->size, $query->size) as $date) {
            $list[] = ['Date' => $date, 'UserSlots' => array_map(fn(array $user) => entry($user, $date, $query, 0, $rest), $users)];
        }
    }
    return ['RecordCount' => bug('count-as-text') ? (string) $total : $total, 'List' => $list] + (bug('status-success') ? ['Status' => 'Success'] : []);
}

function date_as_printed(string $date): string
{
    return match (true) {
        bug('date-with-time') => "$date 00:00:00",
        bug('date-printed-short') => date('Y-n-j', strtotime($date)),
        bug('date-iso-year') => date('o-m-d', strtotime($date)),
        bug('date-of-server-zone') => (new DateTime("$date 00:00", new DateTimeZone('Asia/Kolkata')))->setTimezone(new DateTimeZone('UTC'))->format('Y-m-d'),
        default => $date,
    };
}

/** A user's entry under a date; `$rest` is what some mistakes carry from one entry to the next. */
function entry(array $user, string $date, Query $query, int $number, ?array &$rest): array
{
    $zones = $GLOBALS['zones'];
    [$slots, $breaks, $busy, $reason] = (new Days($user, $GLOBALS['calendar']['templates'], $query->allowed, $zones))->on($date);
    if (bug('busy-carried-over')) {
        $busy = $rest = [...$rest ?? [], ...$busy];
    }
    if (bug('reason-carried-over')) {
        $reason = $rest[$date] ?? $reason;
        $rest = $reason === null ? $rest : [$date => $reason];
    }
    if (bug('breaks-are-busy')) {
        $offset = $zones($user['template'] === null ? 'UTC' : $GLOBALS['calendar']['templates'][$user['template']]['zone'])->offset_at(strtotime("$date UTC"));
        $instant = fn(string $time) => gmdate('Y-m-d H:i:s', strtotime("$date $time UTC") - $offset);
        foreach ($breaks ?? [] as $break) {
            $busy[] = times($instant($break['StartTime']), $instant($break['EndTime']));
        }
        sort($busy);
    }
    if (bug('busy-grows')) {
        $busy = remembered("busy-{$user['id']}-$date", function (mixed &$known) use ($busy): array {
            return $known = [...$known ?? [], ...$busy];
        });
    }
    $zone = $user['template'] === null ? null : $GLOBALS['calendar']['templates'][$user['template']]['zone'];
    $entry = [
        'UserId' => user_id($user, $number),
        'EmailAddress' => $user['email'],
        'UserTimeZone' => user_zone($user, $zone, $date),
        'AvailableSlots' => $slots,
        'Breaks' => bug('break-names') && $breaks !== null ? array_map(fn(array $one) => ['Start' => $one['StartTime'], 'End' => $one['EndTime']], $breaks) : $breaks,
        'BusySlots' => $busy,
        'WorkDayTemplateTimeZone' => bug('template-zone-is-users') && $zone !== null ? $user['zone'] : $zone,
        'NoSlotsReason' => reason_as_printed($reason),
    ];
    if (bug('empty-members-left-out')) {
        return array_filter($entry);
    }
    if (bug('null-members-left-out')) {
        return array_filter($entry, fn(mixed $value) => $value !== null);
    }
    if (bug('one-item-unwrapped')) {
        return array_map(fn(mixed $value) => is_array($value) && count($value) === 1 ? $value[0] : $value, $entry);
    }
    if (bug('nothing-is-an-object')) {
        return array_map(fn(mixed $value) => $value === [] ? new stdClass() : $value, $entry);
    }
    return $entry;
}

function user_id(array $user, int $number): string|int
{
    return match (true) {
        bug('id-from-place') => sprintf('%08d-0000-4000-8000-000000000000', $number + 1),
        bug('id-random') => preg_replace('/^(.{8})(.{4})(.{4})(.{4})(.{12})$/', '$1-$2-$3-$4-$5', bin2hex(random_bytes(16))),
        bug('id-of-address') => $user['email'],
        default => $user['id'],
    };
}

function user_zone(array $user, ?string $zone, string $date): string
{
    return match (true) {
        bug('zone-abbreviated') => (new DateTime($date, new DateTimeZone($user['zone'])))->format('T'),
        bug('zone-as-offset') => (new DateTime($date, new DateTimeZone($user['zone'])))->format('P'),
        bug('user-zone-is-templates') => $zone ?? $user['zone'],
        default => $user['zone'],
    };
}

function reason_as_printed(?string $reason): ?string
{
    return match (true) {
        bug('reason-in-small-letters') && $reason !== null => strtolower($reason),
        bug('reason-empty') => (string) $reason,
        bug('reason-in-words') => $reason === null ? null : preg_replace('/(?<=[a-z])(?=[A-Z])/', ' ', $reason),
        bug('holiday-is-leave') && $reason === 'Holiday' => 'Leave',
        bug('reason-weekend') && $reason === 'NotScheduled' => 'WeekOff',
        default => $reason,
    };
}
