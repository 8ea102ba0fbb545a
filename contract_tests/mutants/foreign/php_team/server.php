<?php

declare(strict_types=1);

/**
 * Serve the endpoint with PHP's built-in server: one for each mistake that is asked for, or a correct one.
 *
 *     php server.php CALENDAR.toml [--bug NAME]... [--account ACCESS:SECRET] [--no-rate-limit] | --list-bugs
 *
 * Prints a line `NAME URL` for each. All of them end with this process's group.
 */

require __DIR__ . '/toml.php';
require __DIR__ . '/calendar.php';

function usage(string $wrong): never
{
    fwrite(STDERR, "$wrong; usage: php server.php CALENDAR.toml [--bug NAME]... [--account ACCESS:SECRET] [--no-rate-limit] | --list-bugs\n");
    exit(2);
}

/** What each mistake is, by its name. */
function known_bugs(): array
{
    return array_column(Toml::parse(file_get_contents(__DIR__ . '/bugs.toml'))['bug'], 'says', 'name');
}

function list_bugs(): never
{
    foreach (known_bugs() as $name => $says) {
        print "$name: $says\n";
    }
    exit(0);
}

/** A port that was free a moment ago. */
function free_port(): int
{
    $socket = stream_socket_server('tcp://127.0.0.1:0');
    $port = (int) substr(strrchr(stream_socket_get_name($socket, false), ':'), 1);
    fclose($socket);
    return $port;
}

/** Start one server; its port, once it answers. */
function start(array $environment): int
{
    for ($attempt = 0; $attempt < 5; $attempt++) {
        $port = free_port();
        $command = [PHP_BINARY, '-d', 'opcache.enable=1', '-d', 'opcache.validate_timestamps=0', '-d', 'opcache.file_update_protection=0',
            '-d', 'display_errors=stderr', '-d', 'log_errors=0',
            '-q', '-S', "127.0.0.1:$port", __DIR__ . '/router.php'];
        $process = proc_open($command, [['file', '/dev/null', 'r'], STDERR, STDERR], $pipes, null, $environment);
        for ($turn = 0; $turn < 1000 && proc_get_status($process)['running']; $turn++) {
            $connection = @stream_socket_client("tcp://127.0.0.1:$port", $number, $message, 1);
            if ($connection !== false) {
                fclose($connection);
                $GLOBALS['processes'][] = $process;
                return $port;
            }
            usleep(5000);
        }
        proc_close($process);
    }
    usage('no server could be started');
}

$bugs = [];
$account = (getenv('LSQ_ACCESS_KEY') ?: 'AccessKey') . ':' . (getenv('LSQ_SECRET_KEY') ?: 'SecretKey');
$limited = true;
$path = null;
for ($words = array_slice($argv, 1); $words !== [];) {
    $word = array_shift($words);
    match ($word) {
        '--bug' => $bugs[] = array_shift($words) ?? usage('--bug needs a name'),
        '--account' => $account = array_shift($words) ?? usage('--account needs ACCESS:SECRET'),
        '--no-rate-limit' => $limited = false,
        '--list-bugs' => list_bugs(),
        default => $path = $word,
    };
}
foreach (array_diff($bugs, array_keys(known_bugs())) as $unknown) {
    usage("no mistake is called $unknown (--list-bugs names them)");
}
if ($path === null || !is_readable($path)) {
    usage('a calendar is needed that can be read');
}
[$access, $secret] = explode(':', $account, 2) + ['', ''];
$calendar = var_export(calendar(Toml::parse(file_get_contents($path))), true);
foreach ($bugs ?: ['-'] as $name) {
    // Beside the calendar: its folder is away with whoever made it, and so is what the servers remember.
    $state = sprintf('%s/php-%d-%s', dirname($path), getmypid(), $name);
    mkdir($state, recursive: true);
    file_put_contents("$state/calendar.php", "<?php return $calendar;");
    $settings = ['LSQ_BUG' => $name, 'LSQ_STATE' => $state, 'LSQ_ACCESS' => $access, 'LSQ_SECRET' => $secret, 'LSQ_LIMITED' => $limited ? '1' : ''];
    $several = $name === 'shared-file' ? ['PHP_CLI_SERVER_WORKERS' => '4'] : [];
    printf("%s http://127.0.0.1:%d\n", $name, start($settings + $several + getenv()));
    flush();
}
while (true) {
    sleep(3600);
}
