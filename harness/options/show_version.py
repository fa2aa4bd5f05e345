"""`--version`: what would go into a record of what made a number."""

import argparse
import sys
from typing import Any


class ShowVersion(argparse.Action):
    """Prints the version and those of the packages that decide numbers, and ends."""

    def __init__(self, option_strings: list[str], dest: str, *, help: str) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *given: Any) -> None:
        """Print and exit with 0."""
        from harness.engine.deciding_packages import ABSENT, installed_versions
        from harness.engine.jobs import git_state, package_versions

        deciding = {k: v for k, v in installed_versions().items() if v != ABSENT}
        versions = {**package_versions(), **deciding}
        own = versions.pop("ultralink-bench", "(not installed)")
        commit, dirty = git_state()
        state = "" if commit is None else f" (commit {commit[:12]}{', edited' if dirty else ''})"
        lines = [f"ultralink-bench {own}{state}"]
        lines += [f"{name} {version}" for name, version in sorted(versions.items())]
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        parser.exit()
