"""Whether run records may be compared: all must come from the same questions and settings."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from leaderboard.records import RunRecord
from ultralink_data.errors import DataError

_SERVED_DTYPE = "n/a"
"""The dtype in a record of a served model: the endpoint does not report one."""

Difference = tuple[str, object, object]


def check_comparable(records: Sequence[RunRecord]) -> tuple[str, ...]:
    """Check that all records match the first in questions and settings; return what is unknown.

    It compares the profile; for each task in both records the protocol, version, temperature and
    token limit of an answer; the number of samples per problem, top_p if anything is sampled, the
    context length in tokens and the dtype. It also compares the hash of the prompts if both records
    cover the same list of tasks and languages, since one hash covers all of them. The returned
    sentences name values that only one side knows (an endpoint reports neither context nor dtype),
    parameters that only one side's endpoint did not take, and differing backends.

    Raises:
        DataError: a setting differs; the message names the first one, with both values.
    """
    first, *others = records
    unknown: dict[str, None] = {}
    for other in others:
        if first.profile != other.profile:
            raise DataError(
                f"one record is of {_profile(first)}, another of {_profile(other)}",
                hint="their numbers do not compare; choose records of one profile, or of `eval`",
            )
        for task, (what, a, b) in _task_differences(first, other):
            raise DataError(
                f"{task} was asked with {what} {a!r} in one and {b!r} in the other",
                hint=f"scores of two {what}s do not compare; evaluate again with one",
            )
        for what, a, b in _common_differences(first, other):
            raise DataError(
                f"one record was made with {what} {a!r}, another with {b!r}",
                hint="such scores do not compare; evaluate again with the same settings",
            )
        unknown.update(dict.fromkeys(_unknown(first, other)))
    return tuple(unknown)


def _profile(record: RunRecord) -> str:
    return "an `eval`, without a profile" if record.profile is None else f"profile {record.profile}"


def _task_differences(first: RunRecord, other: RunRecord) -> Iterator[tuple[str, Difference]]:
    """Settings that differ in a task of both records."""
    pairs = (
        ("protocol", first.protocols, other.protocols),
        ("version", first.task_versions, other.task_versions),
        ("temperature", first.generation.temperature, other.generation.temperature),
        ("max_tokens", first.generation.max_tokens, other.generation.max_tokens),
    )
    modes = (first.generation.thinking, other.generation.thinking)
    for task in sorted(first.protocols.keys() & other.protocols.keys()):
        before, after = (mode.get(task, "default") for mode in modes)
        if before != after:
            yield task, ("thinking", before, after)
        for what, one, two in pairs:
            if task in one and task in two and one[task] != two[task]:
                yield task, (what, one[task], two[task])


def _common_differences(first: RunRecord, other: RunRecord) -> Iterator[Difference]:
    """Settings of the whole evaluation that differ."""
    one, two = first.generation, other.generation
    names = ["samples_per_problem", "max_length", "dtype"]
    if any((*one.temperature.values(), *two.temperature.values())):
        names.append("top_p")
    for name in names:
        a, b = getattr(one, name), getattr(two, name)
        if a != b and _is_known(a) and _is_known(b):
            yield name, a, b
    if _asked(first) == _asked(other) and first.prompts_hash != other.prompts_hash:
        yield "prompts_hash", first.prompts_hash, other.prompts_hash


def _unknown(first: RunRecord, other: RunRecord) -> Iterator[str]:
    """A sentence for each setting that may differ but is unknown on one side."""
    for name in ("max_length", "dtype"):
        values = [getattr(record.generation, name) for record in (first, other)]
        if len({_is_known(value) for value in values}) > 1:
            known = next(value for value in values if _is_known(value))
            yield f"{name} is {known!r} in one record and not known in another"
    left_out = [set(record.config.get("left_out", ())) for record in (first, other)]
    for name in sorted(map(str, left_out[0] ^ left_out[1])):
        yield f"{name} was sent in one record and not taken by the endpoint of another"
    if first.backend != other.backend:
        yield f"one record was made by backend {first.backend}, another by {other.backend}"
    if _asked(first) != _asked(other) and first.prompts_hash != other.prompts_hash:
        yield "the records have other tasks or languages: that their prompts agree is not checked"


def _is_known(value: object) -> bool:
    return value is not None and value != _SERVED_DTYPE


def _asked(record: RunRecord) -> list[tuple[str, str]]:
    """Tasks and languages in the order asked, which is the order of the hash."""
    return [key for key, _ in groupby((cell.task, cell.language) for cell in record.cells)]
