<?php

declare(strict_types=1);

/** What a request asks for. */
final class Query
{
    public function __construct(
        public readonly string $from,
        public readonly string $to,
        public readonly array $users,
        public readonly bool $allowed,
        public readonly ?int $index,
        public readonly ?int $size,
    ) {
    }
}

function missing(string $name): Refusal
{
    return new Refusal(400, 'MXMandatoryAttributeMissingException', "'$name' is mandatory for retrieving available slots");
}

function invalid(string $name, string $what = 'value is not correct.'): Refusal
{
    return new Refusal(400, 'MXInvalidInputException', "Invalid Input! Parameter Name: $name $what");
}

function malformed(string $what): Refusal
{
    return new Refusal(400, 'MXInvalidInputException', "Error converting value: $what");
}

/** The body of the request as an object. */
function body(): object
{
    $type = $_SERVER['CONTENT_TYPE'] ?? '';
    $bare = bug('content-type-without-charset') ? $type : trim(explode(';', $type)[0]);
    if ((bug('content-type-small-letters') ? $bare : strtolower($bare)) !== 'application/json') {
        $what = 'the content type must be application/json';
        throw bug('content-type-415') ? new Refusal(415, 'MXInvalidInputException', $what) : malformed($what);
    }
    $text = file_get_contents('php://input');
    if (bug('shared-file')) {
        file_put_contents(getenv('LSQ_STATE') . '/request.json', $text);
        usleep(3000);
        $text = file_get_contents(getenv('LSQ_STATE') . '/request.json');
    }
    if (bug('trailing-comma-forgiven')) {
        $text = preg_replace('/,\s*([}\]])/', '$1', $text);
    }
    if (bug('single-quotes-forgiven')) {
        $text = strtr($text, "'", '"');
    }
    $body = json_decode($text, flags: JSON_BIGINT_AS_STRING);
    if (bug('list-body-unpacked') && is_array($body) && is_object($body[0] ?? null)) {
        $body = $body[0];
    }
    if (!is_object($body)) {
        throw bug('no-object-500') ? new Refusal(500, 'MXException', 'Attempt to read property "FromDate" on null') : malformed('a JSON object is needed');
    }
    return $body;
}

function query(object $body): Query
{
    $from = a_date($body, 'FromDate');
    $to = bug('to-date-optional') && !isset($body->ToDate) ? $from : a_date($body, 'ToDate');
    if (bug('dates-swapped') && $from > $to) {
        [$from, $to] = [$to, $from];
    }
    if ($from > $to) {
        throw invalid('FromDate', "can't be greater than ToDate.");
    }
    $between = (new DateTime($from))->diff(new DateTime($to));
    $days = bug('days-without-months') ? $between->d : $between->days;
    if ($days > (bug('range-of-99') ? 99 : (bug('range-of-101') ? 101 : 100))) {
        throw invalid('ToDate', "can't be more than 100 days after FromDate.");
    }
    $users = users($body);
    [$index, $size] = paging($body);
    return new Query($from, $to, $users, flag($body), $index, $size);
}

function a_date(object $body, string $name): string
{
    if (!property_exists($body, $name)) {
        throw missing($name);
    }
    $date = $body->$name;
    if (bug('dates-by-strtotime') && is_string($date) && strtotime($date) !== false) {
        return date('Y-m-d', strtotime($date));
    }
    if (bug('date-and-time-taken') && is_string($date)) {
        $date = substr($date, 0, 10);
    }
    $end = bug('date-newline') ? '$/' : '$/D';
    $pattern = match (true) {
        bug('no-31st') => '/^(\d{4})-(\d{2})-(0[1-9]|[12]\d|30)',
        bug('date-unpadded') => '/^(\d{4})-(\d{1,2})-(\d{1,2})',
        bug('this-century-only') => '/^(20[0-3]\d)-(\d{2})-(\d{2})',
        default => '/^(\d{4})-(\d{2})-(\d{2})',
    };
    if (!is_string($date) || !preg_match($pattern . $end, $date, $parts)) {
        throw invalid($name);
    }
    [$year, $month, $day] = array_map('intval', array_slice($parts, 1));
    if (bug('date-rolls-over') && $month >= 1 && $month <= 12 && $day >= 1 && $day <= 31) {
        return date('Y-m-d', mktime(12, 0, 0, $month, $day, $year));
    }
    if (!checkdate($month, $day, $year) || (bug('no-leap-day') && $month === 2 && $day === 29)) {
        throw invalid($name);
    }
    return sprintf('%04d-%02d-%02d', $year, $month, $day);
}

function users(object $body): array
{
    if (bug('users-remembered')) {
        $before = remembered('users', fn(mixed $known) => $known);
        $body->Users ??= $before;
        remembered('users', function (mixed &$known) use ($body): void {
            $known = $body->Users ?? null;
        });
    }
    if (!property_exists($body, 'Users')) {
        if (bug('no-users-is-everybody')) {
            return array_column(all_users(), 'email');
        }
        throw missing('Users');
    }
    $users = bug('one-user-as-string') && is_string($body->Users) ? [$body->Users] : $body->Users;
    if (bug('users-with-commas') && is_string($users)) {
        $users = explode(',', $users);
    }
    if (bug('empty-users-is-everybody') && $users === []) {
        return array_column(all_users(), 'email');
    }
    if (!is_array($users) || $users === []) {
        throw invalid('Users');
    }
    if (bug('bad-users-left-out')) {
        $users = array_values(array_filter($users, 'is_string'));
    }
    foreach ($users as $address) {
        if (!is_string($address) || $address === '') {
            throw bug('bad-user-fatal') ? new Refusal(500, 'MXException', 'strtolower(): Argument #1 must be of type string', true) : invalid('Users');
        }
    }
    if (bug('plus-becomes-blank')) {
        $users = array_map('urldecode', $users);
    }
    if (bug('ascii-addresses')) {
        $users = array_map(fn(string $one) => filter_var($one, FILTER_SANITIZE_EMAIL), $users);
    }
    return bug('five-users-at-most') ? array_slice($users, 0, 5) : $users;
}

function flag(object $body): bool
{
    if (!property_exists($body, 'IncludeAllowedConflictSlots')) {
        return bug('flag-true-by-default');
    }
    $flag = $body->IncludeAllowedConflictSlots;
    if (bug('flag-any-type')) {
        return (bool) $flag;
    }
    if (bug('flag-words') && in_array($flag, ['true', 'false', 'True', 'False'], true)) {
        return strtolower($flag) === 'true';
    }
    if (!is_bool($flag)) {
        throw invalid('IncludeAllowedConflictSlots');
    }
    return match (true) {
        bug('flag-inverted') => !$flag,
        bug('flag-never') => false,
        bug('flag-always') => true,
        default => $flag,
    };
}

/** Index and size, or two times null without Paging. */
function paging(object $body): array
{
    if (!property_exists($body, 'Paging')) {
        return bug('two-a-page-by-default') ? [1, 2] : [null, null];
    }
    $paging = $body->Paging;
    if (!is_object($paging)) {
        throw invalid('Paging');
    }
    foreach (['PageIndex', 'PageSize'] as $name) {
        if (!property_exists($paging, $name)) {
            throw missing($name);
        }
        $paging->$name = number($name, $paging->$name);
    }
    if ($paging->PageSize > 1000) {
        throw invalid('PageSize', 'can not be more than 1000');
    }
    return [$paging->PageIndex, $paging->PageSize];
}

function number(string $name, mixed $value): int
{
    if (bug('numbers-as-words') && is_string($value) && is_numeric($value)) {
        $value = (int) $value;
    }
    if (bug('numbers-cut') && is_float($value)) {
        $value = (int) $value;
    }
    if (bug('true-is-one') && is_bool($value)) {
        $value = (int) $value;
    }
    $least = match (true) {
        bug('page-zero-is-first') && $name === 'PageIndex' => 0,
        bug('size-zero-is-all') && $name === 'PageSize' => 0,
        bug('negative-page') && $name === 'PageIndex' => -1000,
        bug('negative-size') && $name === 'PageSize' => -1000,
        default => 1,
    };
    if (!is_int($value) || $value < $least) {
        throw invalid($name);
    }
    return bug('page-zero-is-first') && $value === 0 ? 1 : $value;
}
