"""The columns of the frames: name, type and meaning of each, in their order.

docs/python_api.md has these rows as its tables.
"""

from typing import Final, Literal, NamedTuple, TypeAlias

DType: TypeAlias = Literal["category", "string", "Int64", "Float64", "boolean"]
"""All can be missing (`pandas.NA`, in a category NaN), which is neither 0 nor a text."""


class FrameColumn(NamedTuple):
    """A column of a frame."""

    name: str
    dtype: DType
    meaning: str


SCORES: Final = (
    FrameColumn("origin", "category", "`own`, `imported` from another harness, or `published`"),
    FrameColumn("model", "string", "name of the model"),
    FrameColumn("experiment", "category", "the ablation that it was trained for"),
    FrameColumn("variant", "category", "the variant of the ablation"),
    FrameColumn(
        "profile", "category", "the scale, `limit-16` of models by themselves; scales never mix"
    ),
    FrameColumn("seed", "Int64", "of the training; missing for a number over several"),
    FrameColumn("n_seeds", "Int64", "how many trainings the number is over"),
    FrameColumn("parameters", "Int64", "of the model"),
    FrameColumn("task", "category", "the benchmark"),
    FrameColumn("task_version", "category", "its version; versions never mix"),
    FrameColumn("language", "category", "code; `non-en` and `all` are averages"),
    FrameColumn("metric", "category", "what is measured"),
    FrameColumn("higher_is_better", "boolean", "false for bits per byte"),
    FrameColumn("value", "Float64", "0 to 1, or bits per UTF-8 byte; missing if none was scored"),
    FrameColumn("standard_error", "Float64", "of `value`, in its unit"),
    FrameColumn("low", "Float64", "lower end of the 95 % interval"),
    FrameColumn("high", "Float64", "upper end"),
    FrameColumn("n", "Int64", "scored problems"),
    FrameColumn("protocol", "category", "how the model was asked"),
    FrameColumn("judge", "category", "the model that judged"),
    FrameColumn("baseline", "category", "what the judge compared with"),
    FrameColumn("note", "category", "`floor`, `ceiling`, or what else must be said"),
    FrameColumn("source", "string", "the run's name, or page and table"),
    FrameColumn("run", "string", "key of the run, for `samples(run=...)`"),
)
"""One row per run, task, language and metric."""

EFFECTS: Final = (
    FrameColumn("report", "string", "name of the experiment report"),
    FrameColumn("report_key", "string", "its key"),
    FrameColumn("experiment", "category", "the ablation"),
    FrameColumn("profile", "category", "the scale"),
    FrameColumn("task", "category", "the benchmark"),
    FrameColumn("language", "category", "code; `non-en` and `all` are averages"),
    FrameColumn("metric", "category", "what is measured"),
    FrameColumn("variant", "category", "what is compared"),
    FrameColumn("reference", "category", "with what"),
    FrameColumn("primary", "boolean", "whether this is the task's primary endpoint"),
    FrameColumn(
        "unit", "category", "of the effect: `points` (0.02 is two), `log-ratio` or `score`"
    ),
    FrameColumn("effect", "Float64", "variant minus reference; positive is better"),
    FrameColumn("low", "Float64", "lower end of the 95 % interval"),
    FrameColumn("high", "Float64", "upper end"),
    FrameColumn("p_value", "Float64", "two-sided"),
    FrameColumn("p_holm", "Float64", "one-sided, of worse, adjusted over languages"),
    FrameColumn("margin", "Float64", "the loss that does not matter"),
    FrameColumn("smallest_detectable", "Float64", "the difference that could have been found"),
    FrameColumn("power", "Float64", "to show non-inferiority"),
    FrameColumn("verdict", "category", "docs/tables.md explains each"),
    FrameColumn("variant_value", "Float64", "score of the variant"),
    FrameColumn("reference_value", "Float64", "score of the reference"),
    FrameColumn("variant_low", "Float64", "its 95 % interval"),
    FrameColumn("variant_high", "Float64", "upper end"),
    FrameColumn("reference_low", "Float64", "the reference's 95 % interval"),
    FrameColumn("reference_high", "Float64", "upper end"),
    FrameColumn("n_problems", "Int64", "problems that both scored in every run"),
    FrameColumn("n_clusters", "Int64", "groups of near copies among them"),
    FrameColumn("n_left_out", "Int64", "problems that some run did not score"),
    FrameColumn("n_seeds", "Int64", "trainings on each side"),
    FrameColumn("note", "string", "what else must be said"),
)
"""One row per effect of every experiment report."""

SAMPLES: Final = (
    FrameColumn("run", "category", "name of the run"),
    FrameColumn("run_key", "category", "its key"),
    FrameColumn("model", "category", "name of the model"),
    FrameColumn("task", "category", "the benchmark"),
    FrameColumn("language", "category", "code"),
    FrameColumn("problem_id", "string", "the same in every language"),
    FrameColumn("index", "Int64", "the samples of a problem from 0"),
    FrameColumn("outcome", "category", "how it ended; `correct` is the one that counts"),
    FrameColumn("extracted", "string", "the answer that was found; missing if none was"),
    FrameColumn("generation", "string", "the whole text"),
    FrameColumn("prompt", "string", "what the model read, before a chat template"),
    FrameColumn("detail", "string", "the reason, if the outcome alone does not say it"),
    FrameColumn("hit_limit", "boolean", "whether the token limit ended it"),
    FrameColumn("thinking", "string", "what no rule reads"),
    FrameColumn("cluster", "category", "what near copies of the problem share"),
)
"""One row per sample."""


def markdown_rows(columns: tuple[FrameColumn, ...]) -> list[str]:
    """The rows of a Markdown table about these columns."""
    return [f"| `{one.name}` | {one.dtype} | {one.meaning} |" for one in columns]
