"""The loop to a live account: which profile it has, what changed since, and what can be sent to raise a rule's grade."""
