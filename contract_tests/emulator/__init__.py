"""The client of a running emulator's admin interface."""
