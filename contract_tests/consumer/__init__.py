"""Judges the caller: the state of the vendor that each situation is, the driver that asks the application, and what was right."""
