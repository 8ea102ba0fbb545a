<?php

declare(strict_types=1);

/** Count a call of the account; refuse it when 25 were let in since the first one of the last 5 seconds. */
function admit(): void
{
    if (!getenv('LSQ_LIMITED') || bug('limit-never')) {
        return;
    }
    [$most, $seconds] = [bug('limit-one-too-many') ? 26 : (bug('limit-one-too-few') ? 24 : 25), bug('limit-a-minute') ? 60 : (bug('limit-four-seconds') ? 4 : 5)];
    $who = match (true) {
        bug('limit-by-forwarded-for') => $_SERVER['HTTP_X_FORWARDED_FOR'] ?? $_SERVER['REMOTE_ADDR'],
        bug('limit-by-place-of-keys') => isset($_GET['accessKey']) ? 'query' : 'header',
        bug('limit-by-connection') => $_SERVER['REMOTE_PORT'],
        bug('limit-by-agent') => $_SERVER['HTTP_USER_AGENT'] ?? '',
        default => 'account',
    };
    $admitted = remembered('limit-' . md5((string) $who), function (mixed &$window) use ($most, $seconds): bool {
        $now = microtime(true);
        if (($window['banned'] ?? 0) > $now) {
            return false;
        }
        if ($window === null || $now >= $window['start'] + $seconds) {
            $window = ['start' => $now, 'calls' => 0];
        }
        if ($window['calls'] >= $most) {
            if (bug('limit-bans')) {
                $window['banned'] = $now + 20;
            }
            return false;
        }
        $window['calls']++;
        return true;
    });
    if (!$admitted) {
        $status = bug('limit-503') ? 503 : 429;
        $number = bug('limit-names-ten') ? 10 : 25;
        throw new Refusal($status, 'MXAPIRateLimitExceededException', "API calls exceeded the limit of $number in 5 second(s)", bug('limit-plain-text'));
    }
}
