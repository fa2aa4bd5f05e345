"""Articles in Parquet tables of the `wikimedia/wikipedia` layout, streamed by batches."""

from collections.abc import Iterator

from ultralink_data.errors import DataError, PrerequisiteError
from ultralink_data.wiki.dump import RawPage
from ultralink_data.wiki.plain_text import LinePlace

_COLUMNS = ("id", "title", "text")

_BATCH = 64
"""Rows that are decoded at a time; row groups hold 1,000, and one article can have megabytes."""


def parquet_pages(place: LinePlace) -> Iterator[RawPage]:
    """The pages of a table, one row group after the other.

    Raises:
        DataError: it is no Parquet, is damaged, or lacks a column.
        PrerequisiteError: it cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(place.path) as table:
            _check_columns(place, table.schema_arrow.names)
            number = 0
            for batch in table.iter_batches(_BATCH, columns=list(_COLUMNS), use_threads=False):
                columns = (batch.column(name).to_pylist() for name in _COLUMNS)
                for page, title, text in zip(*columns, strict=True):
                    number += 1
                    if not isinstance(text, str) or not isinstance(title, str) or page is None:
                        yield place.bad(number, "id, title or text is empty")
                    else:
                        yield place.page(page, title, text)
    except pa.ArrowInvalid as error:
        raise DataError(
            f"{place.path} is not a complete Parquet table: {error}", hint="fetch the file again"
        ) from error
    except OSError as error:
        raise PrerequisiteError(
            f"cannot read {place.path}: {error.strerror or error}", hint="check the file"
        ) from error


def _check_columns(place: LinePlace, found: list[str]) -> None:
    missing = [name for name in _COLUMNS if name not in found]
    if missing:
        raise DataError(
            f"{place.path} has no column {', '.join(missing)}, but {', '.join(found)}",
            hint="rename its columns to id, title and text",
        )
