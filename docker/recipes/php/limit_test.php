<?php
// From a clone to a passing test of a 429, in PHP 8 with nothing but the language itself.
//
//   git clone REPOSITORY slots && make -C slots serve        # in another terminal: http://127.0.0.1:8255
//   php slots/docker/recipes/php/limit_test.php
declare(strict_types=1);

$root = getenv('LSQ_BASE_URL') ?: 'http://127.0.0.1:8255';

/** Posts JSON. Returns the status and the decoded body. */
function post(string $url, array $body, array $headers = []): array
{
    $http = [
        'method' => 'POST',
        'header' => ['Content-Type: application/json', ...$headers],
        'content' => json_encode((object) $body),
        'ignore_errors' => true,
    ];
    $reply = file_get_contents($url, false, stream_context_create(['http' => $http]));
    return [(int) explode(' ', $http_response_header[0])[1], json_decode($reply, true)];
}

/** The application under test: its client knows nothing of an emulator. */
function slots(string $root, array $account): array
{
    $keys = ["x-LSQ-AccessKey: {$account['accessKey']}", "x-LSQ-SecretKey: {$account['secretKey']}"];
    $question = ['FromDate' => '2026-03-02', 'ToDate' => '2026-03-02', 'Users' => ['zoo@lsqdev.in'], 'IncludeAllowedConflictSlots' => false];
    return post("$root/v2/Task.svc/RetrieveAvailableSlots/ByUserEmailAddress", $question, $keys);
}

function check(mixed $received, mixed $expected, string $what): void
{
    if ($received !== $expected) {
        fwrite(STDERR, "$what: received " . json_encode($received) . ', expected ' . json_encode($expected) . "\n");
        exit(1);
    }
}

[, $account] = post("$root/__admin/accounts", ['rateLimit' => '3/5s', 'now' => '2026-03-02T03:30:00Z']);
for ($call = 1; $call <= 3; $call++) {
    check(slots($root, $account)[0], 200, "call $call");
}
[$status, $refusal] = slots($root, $account);
check($status, 429, 'the fourth call');
check($refusal['ExceptionType'], 'MXAPIRateLimitExceededException', 'its exception');
post("$root/__admin/clock/advance?account=" . rawurlencode($account['accessKey']), ['seconds' => 5]);
check(slots($root, $account)[0], 200, 'a call after the window');
echo "ok: the fourth call is refused until the window has passed\n";
