"""`ultralink-bench tasks fetch`: download the benchmarks' pinned files and check them."""

import argparse

from harness import show
from harness.progress.terminal import TERMINAL
from tasks.fetch import BASE_URL, missing, sources
from tasks.fetch import fetch as download
from tasks.files import cache_folder


def fetch(arguments: argparse.Namespace) -> int:
    """Download missing files and print where they are.

    Raises:
        ConfigError: an unknown benchmark, or another file has the same name.
        PrerequisiteError, DataError: a file cannot be downloaded, or is not the pinned one.
    """
    known = sources()
    names = arguments.names or list(known)
    folder = arguments.out or cache_folder()
    files = missing(names, folder, replace=arguments.out is None)
    out, err = show.console(), show.console(error=True)
    size = sum(file.bytes for _, file in files)
    total = sum(len(known[name].files) for name in names)
    err.print(f"{total - len(files)} of {total} files are there; {size / 1e6:.1f} MB to download")
    with TERMINAL.work("download", size, unit="bytes", kept="whole files are kept") as meter:
        download(
            files,
            folder,
            base_url=arguments.mirror or BASE_URL,
            on_done=lambda file: meter.add(file.bytes),
        )
    kept = [folder / file.name.split("/")[0] for name in names for file in known[name].files]
    show.print_paths(list(dict.fromkeys(kept)))
    if arguments.out:
        out.print(f"use them with --benchmarks {folder}", soft_wrap=True)
    return 0
