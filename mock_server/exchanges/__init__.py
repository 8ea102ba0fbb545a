"""Requests and replies as values that hold no keys."""
