"""Checks of what a server has to refuse, and of close relatives that it has to accept."""
