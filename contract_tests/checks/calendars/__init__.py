"""Checks that compare answers with the oracle, where the calendar is known."""
