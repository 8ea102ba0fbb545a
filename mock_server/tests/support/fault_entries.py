"""Faults as scenario files write them, drawn by Hypothesis."""

from hypothesis import strategies as st
from leadsquared_slots.mock_server.accounts.faults import STATUSES

ADDRESSES = ["a@b.c", "d@e.f", "G@h.i"]
# Of two kinds only, told apart by the status: what counts here is which calls are struck.
entries = st.fixed_dictionaries(
    {"kind": st.just("status"), "status": st.sampled_from(STATUSES)},
    optional={
        "times": st.integers(1, 4),
        "after": st.integers(0, 4),
        "every": st.integers(1, 4),
        "user": st.sampled_from(ADDRESSES),
    },
)
