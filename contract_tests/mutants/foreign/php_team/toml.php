<?php

declare(strict_types=1);

/** The part of TOML that scenario files use: tables, arrays of tables, inline tables, arrays, strings, numbers, dates (as strings), booleans. */
final class Toml
{
    private int $at = 0;

    private function __construct(private readonly string $text)
    {
    }

    /** The document as nested arrays. */
    public static function parse(string $text): array
    {
        return (new self($text))->document();
    }

    private function document(): array
    {
        $root = [];
        $table = &$root;
        while ($this->skip()) {
            if ($this->text[$this->at] === '[') {
                preg_match('/\G\[(\[?)\s*([\w-]+)\s*\]\]?/A', $this->text, $found, 0, $this->at) || $this->fail();
                $this->at += strlen($found[0]);
                unset($table);
                if ($found[1] === '[') {
                    $root[$found[2]][] = [];
                    $table = &$root[$found[2]][count($root[$found[2]]) - 1];
                } else {
                    $root[$found[2]] ??= [];
                    $table = &$root[$found[2]];
                }
            } else {
                $key = $this->key();
                $table[$key] = $this->value();
            }
        }
        return $root;
    }

    private function key(): string
    {
        $this->skip();
        preg_match('/\G(?:"([^"\\\\]*)"|([\w-]+))\s*=/A', $this->text, $found, 0, $this->at) || $this->fail();
        $this->at += strlen($found[0]);
        return $found[2] ?? $found[1];
    }

    private function value(): mixed
    {
        $this->skip() || $this->fail();
        switch ($this->text[$this->at]) {
            case '[':
                return $this->values(']', fn(array &$all) => $all[] = $this->value());
            case '{':
                return $this->values('}', function (array &$all): void {
                    $key = $this->key();
                    $all[$key] = $this->value();
                });
            case '"':
                preg_match('/\G"(?:[^"\\\\]|\\\\.)*"/A', $this->text, $found, 0, $this->at) || $this->fail();
                $this->at += strlen($found[0]);
                return json_decode($found[0], flags: JSON_THROW_ON_ERROR);
        }
        preg_match('/\G[\w:.+-]+/A', $this->text, $found, 0, $this->at) || $this->fail();
        $this->at += strlen($found[0]);
        return match (true) {
            $found[0] === 'true', $found[0] === 'false' => $found[0] === 'true',
            is_numeric($found[0]) => $found[0] + 0,
            default => $found[0],
        };
    }

    private function values(string $end, callable $one): array
    {
        $all = [];
        $this->at++;
        while ($this->skip() && $this->text[$this->at] !== $end) {
            $one($all);
            $this->skip();
            if ($this->text[$this->at] === ',') {
                $this->at++;
            }
        }
        $this->at++;
        return $all;
    }

    /** Pass over blanks, line ends and comments; false at the end of the text. */
    private function skip(): bool
    {
        preg_match('/\G(?:\s|#[^\n]*)*+/A', $this->text, $found, 0, $this->at);
        $this->at += strlen($found[0]);
        return $this->at < strlen($this->text);
    }

    private function fail(): never
    {
        throw new RuntimeException(sprintf('line %d of the scenario is not understood', substr_count($this->text, "\n", 0, $this->at) + 1));
    }
}
