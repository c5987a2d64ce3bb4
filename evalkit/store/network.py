"""Tells whether a path is on a network file system, whose locks do not hold between machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path, PurePath

_TYPES: Final = {
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "fuse.ceph",
    "fuse.gcsfuse",
    "fuse.glusterfs",
    "fuse.juicefs",
    "fuse.s3fs",
    "fuse.sshfs",
    "glusterfs",
    "gpfs",
    "lustre",
    "nfs",
    "nfs4",
    "panfs",
    "smb3",
    "smbfs",
    "wekafs",
}


def network_file_system(path: Path) -> str:
    """Return the type of the network file system that a path is on; empty where it is local."""
    mounts = ((each.mountpoint, each.fstype) for each in psutil.disk_partitions(all=True))
    return network_type(path.resolve(), mounts)


def network_type(path: PurePath, mounts: Iterable[tuple[str, str]]) -> str:
    """Return the type of the mount that a resolved path is below, if it is of a network.

    >>> from pathlib import PurePosixPath as Path
    >>> mounts = [("/", "ext4"), ("/home", "nfs4"), ("/home/me/local", "xfs")]
    >>> network_type(Path("/home/me/.cache"), mounts)
    'nfs4'
    >>> network_type(Path("/home/me/local/cache"), mounts)
    ''
    """
    deepest, found = -1, ""
    for folder, kind in mounts:
        if path.is_relative_to(folder) and len(folder) >= deepest:  # the later mount hides others
            deepest, found = len(folder), kind
    return found if found in _TYPES else ""
