"""Callers that are each wrong in one realistic way, and correct ones in several variants: what `consumer` must catch, and must not."""
