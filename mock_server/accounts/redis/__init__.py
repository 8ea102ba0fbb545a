"""The state of accounts in Redis, so that several emulators behind a balancer are one."""
