"""Benchmarks: the emulator beside its peers, and its parts beside each other.

Not shipped, no part of the test run, and nothing that is timed is asserted.
"""
