"""The nodes of the points of a training: its intermediate models, and their evaluations."""

from collections.abc import Mapping

from harness.engine.graph import Node
from harness.engine.jobs import Artefact, Job, make_job, part_of
from harness.engine.stage_configs import EvalStageConfig
from train.points import point_name


def points_name(variant: str, seed: int) -> str:
    """The node of a training that leaves its intermediate models."""
    return f"points/{variant}/{seed}"


def point_eval_name(variant: str, seed: int, number: int) -> str:
    """The node of the evaluation of one of them, counted from 1."""
    return f"point/{variant}/{seed}/{number}"


def point_node(
    variant: str,
    seed: int,
    number: int,
    asked: EvalStageConfig,
    extra: dict[str, str],
    command: tuple[str, ...],
) -> Node:
    """The evaluation of a point of a training, counted from 1."""
    points = points_name(variant, seed)

    def make(made: Mapping[str, Artefact]) -> Job:
        model = part_of(made[points], point_name(number))
        return make_job("eval", asked, {"model": model}, None, extra, command)

    return Node(name=point_eval_name(variant, seed, number), needs=(points,), make=make)
