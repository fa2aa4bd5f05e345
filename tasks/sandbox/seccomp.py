"""A system call filter, as the classic BPF program that bubblewrap loads before the exec.

Namespaces do not cover everything. Kernel keyrings belong to the session and would be inherited;
vsock reaches the hypervisor's host from any network namespace; and several system calls serve
features that no benchmark program needs and have been used to escape containers. The filter denies
these and allows the rest: it is a second barrier, not the only one.
"""

import errno
import functools
import platform
import socket
import struct
from typing import Final, NamedTuple

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _DENY, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_SECOND_ARGUMENT_AT, _THIRD_ARGUMENT_AT, _THIRD_ARGUMENT_HIGH_AT = 24, 32, 36
_RLIMIT_CORE: Final = 4
_X32_BIT: Final = 0x40000000
# CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_NEW_NAMESPACE: Final = 0x7E020000
_CLONE3: Final = 435
_SOCKETS: Final = (socket.AF_UNIX, socket.AF_INET, getattr(socket, "AF_INET6", 10))

# open_tree, move_mount, fsopen, fsconfig, fsmount, fspick, io_uring_{setup,enter,register},
# pidfd_getfd, mount_setattr, memfd_secret: same numbers everywhere.
_DENIED_EVERYWHERE: Final = (*range(428, 434), 425, 426, 427, 438, 442, 447)


class _Architecture(NamedTuple):
    audit: int
    clone: int
    socket: int
    setrlimit: int
    prlimit: int
    denied: tuple[int, ...]


# Denied: ptrace, process_vm_readv, process_vm_writev, kcmp, add_key, request_key, keyctl, bpf,
# perf_event_open, userfaultfd, mount, umount2, pivot_root, unshare, setns, name_to_handle_at,
# open_by_handle_at, init_module, finit_module, delete_module, kexec_load, quotactl, reboot, swapon,
# swapoff, acct, syslog; also memfd_create and shmget, whose memory no process limit counts and
# which cannot be seen from outside (memfd_secret has the same number everywhere).
_ARCHITECTURES: Final = {
    "x86_64": _Architecture(
        audit=0xC000003E,
        clone=56,
        socket=41,
        setrlimit=160,
        prlimit=302,
        denied=(
            *(101, 310, 311, 312, 248, 249, 250, 321, 298, 323, 165, 166, 155, 272, 308, 303),
            *(304, 175, 313, 176, 246, 179, 169, 167, 168, 163, 103, 319, 29),
        ),
    ),
    "aarch64": _Architecture(
        audit=0xC00000B7,
        clone=220,
        socket=198,
        setrlimit=164,
        prlimit=261,
        denied=(
            *(117, 270, 271, 272, 217, 218, 219, 280, 241, 282, 40, 39, 41, 97, 268, 264),
            *(265, 105, 273, 106, 104, 60, 142, 224, 225, 89, 116, 279, 194),
        ),
    ),
}


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _deny(error: int = errno.EPERM) -> bytes:
    return _instruction(_RETURN, _DENY | error)


@functools.cache
def filter_program() -> bytes | None:
    """The filter for this machine, or None if its architecture is not in the table."""
    architecture = _ARCHITECTURES.get(platform.machine())
    if architecture is None:
        return None
    allow = _instruction(_RETURN, _ALLOW)
    program = [
        _instruction(_LOAD, _ARCHITECTURE_AT),
        _instruction(_EQUAL, architecture.audit, 1, 0),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER_AT),
        # The x32 numbers of x86_64 would bypass every comparison below.
        *(_instruction(_AT_LEAST, _X32_BIT, 0, 1), _deny()),
        # glibc falls back to clone, whose flags are visible; those of clone3 are in memory.
        *(_instruction(_EQUAL, _CLONE3, 0, 1), _deny(errno.ENOSYS)),
    ]
    for number in (*architecture.denied, *_DENIED_EVERYWHERE):
        program += [_instruction(_EQUAL, number, 0, 1), _deny()]
    program += _core_limit_stays(architecture)
    clone = [
        _instruction(_LOAD, _FIRST_ARGUMENT_AT),
        *(_instruction(_ANY_BIT, _NEW_NAMESPACE, 0, 1), _deny(), allow),
    ]
    program += [_instruction(_EQUAL, architecture.clone, 0, len(clone)), *clone]
    sockets = [_instruction(_LOAD, _FIRST_ARGUMENT_AT)]
    for family in _SOCKETS:
        sockets += [_instruction(_EQUAL, int(family), 0, 1), allow]
    sockets.append(_deny(errno.EAFNOSUPPORT))
    program += [_instruction(_EQUAL, architecture.socket, 0, len(sockets)), *sockets, allow]
    return b"".join(program)


def _core_limit_stays(architecture: _Architecture) -> list[bytes]:
    """Deny setrlimit(RLIMIT_CORE) and prlimit(any, RLIMIT_CORE, new): see `rlimits`."""
    new = [
        *(_instruction(_LOAD, _THIRD_ARGUMENT_AT), _instruction(_EQUAL, 0, 1, 0), _deny()),
        *(_instruction(_LOAD, _THIRD_ARGUMENT_HIGH_AT), _instruction(_EQUAL, 0, 1, 0), _deny()),
    ]
    prlimit = [
        _instruction(_LOAD, _SECOND_ARGUMENT_AT),
        *(_instruction(_EQUAL, _RLIMIT_CORE, 0, len(new)), *new),
        _instruction(_RETURN, _ALLOW),
    ]
    setrlimit = [
        _instruction(_LOAD, _FIRST_ARGUMENT_AT),
        *(_instruction(_EQUAL, _RLIMIT_CORE, 0, 1), _deny(), _instruction(_RETURN, _ALLOW)),
    ]
    return [
        *(_instruction(_EQUAL, architecture.prlimit, 0, len(prlimit)), *prlimit),
        *(_instruction(_EQUAL, architecture.setrlimit, 0, len(setrlimit)), *setrlimit),
    ]
