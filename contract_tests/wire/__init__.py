"""Requests to a target and its replies as values: the only place of the kit that opens a connection to a target."""
