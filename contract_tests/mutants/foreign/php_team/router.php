<?php

declare(strict_types=1);

/** One request of PHP's built-in server. The mistake that is made stands in LSQ_BUG. */

foreach (['bug', 'calendar', 'intervals', 'zones', 'day', 'keys', 'limiter', 'query', 'answer'] as $part) {
    require __DIR__ . "/$part.php";
}

const PATH = '/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress';
date_default_timezone_set('UTC');

/** A request that is not answered with slots. */
final class Refusal extends Exception
{
    public function __construct(public readonly int $status, public readonly string $type, string $message, public readonly bool $page = false)
    {
        parent::__construct($message);
    }
}

/** Status, content type and text of the answer. */
function reply(): array
{
    $path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
    $here = bug('any-path') ? str_starts_with((string) $path, '/v2/') : $path === PATH;
    if (!$here || ($_SERVER['REQUEST_METHOD'] !== 'POST' && !bug('any-method'))) {
        return [bug('unknown-path-500') ? 500 : 404, 'text/html; charset=utf-8', '<!doctype html><title>404 Not Found</title><h1>Not Found</h1>'];
    }
    $GLOBALS['calendar'] = require getenv('LSQ_STATE') . '/calendar.php';
    try {
        authenticate();
        admit();
        return answered(query(body()));
    } catch (Refusal $refusal) {
        if (bug('error-sticks')) {
            remembered('error', function (mixed &$error) use ($refusal): void {
                $error = [$refusal->status, $refusal->type, $refusal->getMessage()];
            });
        }
        return refused($refusal);
    }
}

function answered(Query $query): array
{
    $before = bug('error-sticks') ? remembered('error', function (mixed &$error): mixed {
        [$was, $error] = [$error, null];
        return $was;
    }) : null;
    if ($before !== null) {
        return refused(new Refusal(...$before));
    }
    if (bug('fortieth-call-fails') && remembered('calls', fn(mixed &$calls) => ++$calls) > 40) {
        throw new Refusal(500, 'MXException', 'SQLSTATE[HY000] [1040] Too many connections');
    }
    if (bug('every-seventh-call-fails') && remembered('calls', fn(mixed &$calls) => ++$calls) % 7 === 0) {
        throw new Refusal(500, 'MXException', 'SQLSTATE[HY000]: General error: 2006 MySQL server has gone away');
    }
    $text = cached($query);
    if (bug('warning-in-body') && str_contains($text, 'WorkDayTemplateNotDefined')) {
        $text = "<br />\n<b>Warning</b>:  Trying to access array offset on value of type null in <b>/var/www/slots.php</b> on line <b>88</b><br />\n$text";
    }
    $type = bug('content-type-html') ? 'text/html; charset=UTF-8' : 'application/json; charset=utf-8';
    return [bug('status-201') ? 201 : 200, $type, (bug('byte-order-mark') ? "\u{FEFF}" : '') . $text];
}

/** The answer as text; some mistakes keep answers under too little of the question. */
function cached(Query $query): string
{
    $whole = [$query->from, $query->to, $query->users, $query->allowed, $query->index, $query->size];
    $left_out = match (true) {
        bug('cache-without-to-date') => 1,
        bug('cache-without-users') => 2,
        bug('cache-without-flag') => 3,
        bug('cache-without-page') => 4,
        bug('cache-without-size') => 5,
        default => null,
    };
    if (bug('cold-start-empty')) {
        $cold = remembered('warm-' . md5($query->from), function (mixed &$warm): bool {
            [$cold, $warm] = [$warm === null, true];
            return $cold;
        });
        if ($cold) {
            return '{"RecordCount":0,"List":[]}';
        }
    }
    $compute = fn() => json_encode(answer($query), bug('umlauts-cut') ? JSON_UNESCAPED_UNICODE : 0);
    if ($left_out === null) {
        return $compute();
    }
    $whole[$left_out] = null;
    return remembered('answer-' . md5(serialize($whole)), fn(mixed &$text) => $text ??= $compute());
}

function refused(Refusal $refusal): array
{
    $type = bug('errors-as-html') ? 'text/html; charset=UTF-8' : 'application/json; charset=utf-8';
    $status = $refusal->status;
    if (bug('status-422') && $status === 400) {
        $status = 422;
    }
    if ($refusal->page || (bug('login-page') && $status === 401) || (bug('bad-request-page') && $status === 400)) {
        return [$status, 'text/html; charset=UTF-8', "<br />\n<b>Fatal error</b>:  Uncaught TypeError: {$refusal->getMessage()}"];
    }
    if (bug('errors-empty')) {
        return [$status, $type, ''];
    }
    $envelope = match (true) {
        bug('error-names-of-own') => ['error' => $refusal->type, 'message' => $refusal->getMessage()],
        bug('error-status-failure') => ['Status' => 'Failure', 'ExceptionType' => $refusal->type, 'ExceptionMessage' => $refusal->getMessage()],
        bug('error-without-type') => ['Status' => 'Error', 'ExceptionMessage' => $refusal->getMessage()],
        bug('error-message-list') => ['Status' => 'Error', 'ExceptionType' => $refusal->type, 'ExceptionMessage' => [$refusal->getMessage()]],
        bug('error-with-empty-slots') => ['RecordCount' => 0, 'List' => []],
        default => ['Status' => 'Error', 'ExceptionType' => $refusal->type, 'ExceptionMessage' => $refusal->getMessage()],
    };
    return [$status, $type, json_encode($envelope)];
}

[$status, $type, $text] = reply();
if (bug('gzip-always')) {
    $text = gzencode($text);
    header('Content-Encoding: gzip');
}
http_response_code($status);
header("Content-Type: $type");
header('Content-Length: ' . (bug('umlauts-cut') ? strlen(utf8_decode($text)) : strlen($text)));
header_remove('X-Powered-By');
echo $text;
