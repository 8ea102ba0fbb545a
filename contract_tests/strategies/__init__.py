"""Hypothesis strategies for everybody who speaks this contract: requests to send, answers to read, calendars to serve."""

from .generated_answers import answers, envelopes
from .generated_calendars import calendars, iana_zones, to_json, to_toml
from .generated_requests import MalformedRequest, malformed_requests, requests

__all__ = ["MalformedRequest", "answers", "calendars", "envelopes", "iana_zones", "malformed_requests", "requests", "to_json", "to_toml"]
