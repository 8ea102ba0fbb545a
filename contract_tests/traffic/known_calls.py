"""The vendor's calls that may pass the recording proxy: those that public clients and pages know, each by method and whole path."""

from typing import NamedTuple


class KnownCall(NamedTuple):
    """A call; `writes` where it changes something at the vendor's."""

    method: str
    path: str
    writes: bool = False


_KINDS = ("ByUserEmailAddress", "ByUserId", "ByUserSearchCriteria")
KNOWN_CALLS = (
    *(KnownCall("POST", f"/v2/Task.svc/RetrieveAvailableSlots/{kind}") for kind in _KINDS),
    *(KnownCall("POST", f"/v2/Task.svc/RetrieveAppointments/{kind}") for kind in _KINDS),
    KnownCall("GET", "/v2/UserManagement.svc/Users.Get"),
    KnownCall("GET", "/v2/UserManagement.svc/User/Retrieve/ByUserId"),
    KnownCall("GET", "/v2/UserManagement.svc/User/Retrieve/ByEmailAddress"),
    KnownCall("GET", "/v2/UserManagement.svc/User/GetWorkDayDetails"),
    KnownCall("GET", "/v2/Task.svc/RetrieveTaskType"),
    KnownCall("GET", "/v2/Task.svc/Retrieve.GetById"),
    KnownCall("POST", "/v2/Task.svc/Create", writes=True),
    KnownCall("POST", "/v2/Task.svc/Update", writes=True),
    KnownCall("POST", "/v2/Task.svc/BulkUpdateAppointmentTime", writes=True),
    KnownCall("POST", "/v2/Task.svc/DeleteTasks", writes=True),
    KnownCall("GET", "/v2/Task.svc/MarkComplete", writes=True),
)


def why_not(method: str, path: str, *, allow_writes: bool) -> tuple[str, str] | None:
    """Why a call may not pass, and what to do; None where it may. A path is compared as it is written, without decoding."""
    for call in KNOWN_CALLS:
        if (call.method, call.path) == (method, path):
            if call.writes and not allow_writes:
                return "the call writes, and this recording is read-only", "permit it with lsq-contract record --allow-writes"
            return None
    known = ", ".join(sorted({call.path.rpartition("/v2/")[2].split("/")[0] for call in KNOWN_CALLS}))
    return "no call that the recording proxy knows", f"it passes POST and GET calls of {known}, each by its whole path"
