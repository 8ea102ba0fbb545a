<?php

declare(strict_types=1);

/** Refuse a request whose keys are not the account's: query parameters come before headers. */
function authenticate(): void
{
    $headers = getallheaders();
    if (!bug('header-names-exact')) {
        $headers = array_change_key_case($headers);
    }
    $key = fn(string $name) => bug('header-names-exact') ? "x-LSQ-$name" : strtolower("x-LSQ-$name");
    $in_query = fn(string $name) => match (true) {
        bug('query-not-decoded') => preg_match("/(?:^|&)$name=([^&]*)/", $_SERVER['QUERY_STRING'] ?? '', $found) ? $found[1] : null,
        default => is_string($_GET[$name] ?? null) ? $_GET[$name] : null,
    };
    $in_header = fn(string $name) => bug('headers-not-read') ? null : $headers[$key($name)] ?? null;
    $access = $in_query('accessKey') ?? $in_header('AccessKey');
    $secret = $in_query('secretKey') ?? $in_header('SecretKey');
    if (bug('keys-remembered')) {
        $known = remembered('callers', fn(mixed &$callers) => $callers['last'] ?? 0) > time() - 60;
        if ($known && $access === null && $secret === null) {
            return;
        }
    }
    if (bug('unknown-key-500') && $access !== null && $access !== getenv('LSQ_ACCESS')) {
        throw new Refusal(500, 'MXException', 'Undefined array key "secret"');
    }
    if (!fits($access, $secret, getenv('LSQ_ACCESS'), getenv('LSQ_SECRET'), $in_query('accessKey') !== null)) {
        throw new Refusal(401, 'MXInvalidUserDetailsException', 'Invalid User Details!');
    }
    if (bug('keys-remembered')) {
        remembered('callers', function (mixed &$callers): void {
            $callers['last'] = time();
        });
    }
}

function fits(?string $access, ?string $secret, string $right_access, string $right_secret, bool $query): bool
{
    $both = [$right_access, $right_secret];
    return match (true) {
        bug('keys-first-eight') => strncmp((string) $access, $right_access, 8) === 0 && strncmp((string) $secret, $right_secret, 8) === 0,
        bug('secret-optional') => $access === $right_access && ($secret === null || $secret === $right_secret),
        bug('keys-any-case') => strcasecmp((string) $access, $right_access) === 0 && strcasecmp((string) $secret, $right_secret) === 0,
        bug('header-secret-unchecked') => $access === $right_access && (!$query || $secret === $right_secret),
        bug('query-secret-unchecked') => $access === $right_access && ($query || $secret === $right_secret),
        bug('one-key-is-enough') => $access === $right_access || $secret === $right_secret,
        bug('keys-in-any-order') => in_array($access, $both, true) && in_array($secret, $both, true),
        bug('secret-prefix') => $access === $right_access && str_starts_with($right_secret, (string) $secret),
        bug('secret-cut-at-column') => $access === $right_access && substr((string) $secret, 0, strlen($right_secret)) === $right_secret,
        bug('keys-trimmed') => trim((string) $access) === $right_access && trim((string) $secret) === $right_secret,
        bug('secret-like') => $access === $right_access && fnmatch(strtr((string) $secret, ['%' => '*']), $right_secret),
        default => $access === $right_access && $secret === $right_secret,
    };
}
