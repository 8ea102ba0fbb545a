"""Who may call, and how often."""

import time
from collections import defaultdict, deque

CALLS, SECONDS = 25, 5.0


class Keys:
    """The pairs of keys that are known."""

    def __init__(self, pairs: dict[str, str], bug: str) -> None:
        self._pairs, self._bug = pairs, bug

    def allow(self, access: str | None, secret: str | None) -> bool:
        """Return whether this is a pair that belongs together."""
        if self._bug == "unknown-key-without-secret":
            return not self._pairs.get(access or "") != secret
        if self._bug == "one-right-key-is-enough":
            return access in self._pairs or secret in self._pairs.values()
        if access is None or secret is None:
            return False
        if self._bug == "keys-in-any-order":
            return any({access, secret} == set(pair) for pair in self._pairs.items())
        if self._bug == "access-key-in-any-case":
            access = next((known for known in self._pairs if known.lower() == access.lower()), access)
        if access not in self._pairs:
            return False
        known = self._pairs[access]
        match self._bug:
            case "secret-never-read":
                return True
            case "secret-prefix":
                return known.startswith(secret)
            case "secret-in-any-case":
                return known.casefold() == secret.casefold()
            case "secret-trimmed":
                return known == secret.strip()
            case "secret-start-compared":
                return secret.startswith(known)
        return known == secret


class Limiter:
    """At most 25 calls in any five seconds, for each account."""

    def __init__(self, bug: str, off: bool = False) -> None:
        self._bug, self._off = bug, off
        self._seen: dict[str, deque[float]] = defaultdict(deque)
        self._turn = 0

    def admit(self, account: str) -> bool:
        """Return whether the account may call now, and count the call when it may."""
        if self._off or self._bug == "limit-none":
            return True
        if self._bug == "limit-per-worker":
            self._turn = (self._turn + 1) % 2
            account = f"{account} in worker {self._turn}"
        now, seen = time.monotonic(), self._seen[account]
        window = 3.5 if self._bug == "limit-opens-early" else SECONDS
        while self._bug != "limit-never-opens" and seen and seen[0] <= now - window:
            seen.popleft()
        if len(seen) >= CALLS + (1 if self._bug == "limit-one-more" else 0) - (1 if self._bug == "limit-one-less" else 0):
            return False
        seen.append(now)
        return True
