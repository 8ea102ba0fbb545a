<?php

declare(strict_types=1);

/** Whether this server makes the mistake of that name (see bugs.toml). */
function bug(string $name): bool
{
    return getenv('LSQ_BUG') === $name;
}

/** A file that outlives one request, locked while it is used: what `$use` makes of its content is its next content. */
function remembered(string $name, callable $use): mixed
{
    $file = fopen(getenv('LSQ_STATE') . "/$name.json", 'c+');
    flock($file, LOCK_EX);
    $value = json_decode(stream_get_contents($file), true);
    $result = $use($value);
    ftruncate($file, 0);
    rewind($file);
    fwrite($file, json_encode($value));
    fclose($file);
    return $result;
}
