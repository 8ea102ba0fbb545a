<?php

declare(strict_types=1);

const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** What the requests need of a scenario: users by address in lower case, templates by name; times in seconds, instants as Unix times. */
function calendar(array $scenario): array
{
    $allowed = array_column($scenario['task-type'] ?? [], 'allow-conflicts', 'name');
    $users = [];
    foreach ($scenario['user'] ?? [] as $user) {
        $leaves = $user['leaves'] ?? [];
        $users[folded($user['email'])] = [
            'id' => $user['id'] ?? preg_replace('/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/', '$1-$2-4$3-a$4-$5', md5($user['email'])),
            'email' => $user['email'],
            'zone' => $user['zone'],
            'template' => $user['template'] ?? null,
            'holidays' => $user['holidays'] ?? [],
            'leaves' => array_map(
                fn(array $leave) => [$leave['from'] ?? $leave['date'], $leave['to'] ?? $leave['date']],
                array_values(array_filter($leaves, fn(array $leave) => !isset($leave['time']))),
            ),
            'absences' => array_map(
                fn(array $leave) => [$leave['date'], ...interval($leave['time'])],
                array_values(array_filter($leaves, fn(array $leave) => isset($leave['time']))),
            ),
            'tasks' => array_map(
                fn(array $task) => [strtotime($task['start']), strtotime($task['end']), $allowed[$task['type']]],
                $user['tasks'] ?? [],
            ),
        ];
    }
    $templates = [];
    foreach ($scenario['template'] ?? [] as $template) {
        $templates[$template['name']] = [
            'zone' => $template['zone'],
            'shifts' => week($template['shifts']),
            'breaks' => week($template['breaks'] ?? []),
        ];
    }
    return ['users' => $users, 'templates' => $templates];
}

/** An address by which users are found: letter case does not matter. */
function folded(string $address): string
{
    return strtr(strtolower($address), ['Ä' => 'ä', 'Ö' => 'ö', 'Ü' => 'ü', 'Ë' => 'ë', 'É' => 'é', 'È' => 'è', 'Ñ' => 'ñ', 'Ç' => 'ç']);
}

/** "22:00-06:00" as seconds of the day; an end on the next day is beyond 86400. */
function interval(string $text): array
{
    [$start, $end] = array_map(function (string $time): int {
        [$hours, $minutes, $seconds] = array_map('intval', explode(':', "$time:0"));
        return $hours * 3600 + $minutes * 60 + $seconds;
    }, explode('-', $text));
    return [$start, $end > $start ? $end : $end + 86400];
}

/** The intervals of the days 1 (Monday) to 7. */
function week(array $written): array
{
    $week = [];
    foreach (WEEK as $number => $day) {
        $keys = [$day, $number < 5 ? 'weekdays' : 'weekend', 'every-day'];
        $times = array_merge(...array_map(fn(string $key) => $written[$key] ?? [], $keys));
        $week[$number + 1] = array_map('interval', $times);
        sort($week[$number + 1]);
    }
    return $week;
}
