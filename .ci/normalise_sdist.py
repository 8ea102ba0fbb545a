"""Rewrite an sdist so that it depends on its files alone: sorted entries, one date, no owner. Wheels are so already."""

import gzip
import io
import sys
import tarfile
from pathlib import Path


def normalised(archive: bytes, epoch: int) -> bytes:
    """Return the archive (.tar.gz) with its entries sorted, dated `epoch` (seconds, UTC) and owned by root."""
    plain = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(archive)) as old,
        tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as new,
    ):
        for entry in sorted(old.getmembers(), key=lambda member: member.name):
            entry.mtime, entry.uid, entry.gid, entry.uname, entry.gname, entry.pax_headers = epoch, 0, 0, "", "", {}
            new.addfile(entry, old.extractfile(entry) if entry.isfile() else None)
    return gzip.compress(plain.getvalue(), mtime=epoch)


if __name__ == "__main__":
    path, epoch = Path(sys.argv[1]), int(sys.argv[2])
    path.write_bytes(normalised(path.read_bytes(), epoch))
