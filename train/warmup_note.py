"""What a person is told of a training that is so short that its warm-up never ends."""

from train.plan import warmup_steps
from train.train_config import TrainConfig


def warmup_note(steps: int, config: TrainConfig) -> tuple[str, ...]:
    """One line where all `steps` of a training are warm-up, else nothing.

    The rate of step n of a warm-up over w steps is (n - 1) / w of its peak
    (`transformers.optimization`): the first step of every warm-up moves no weight, and a warm-up is
    at least one step long, so that a training of one step teaches nothing.
    """
    warmup = warmup_steps(steps, config)
    if steps > warmup:
        return ()
    what = (
        "nothing is learned: the only step is the first of the warm-up, and its learning rate is 0"
        if steps == 1
        else f"all {steps} steps are warm-up: the learning rate rises from 0 to "
        f"{(steps - 1) / warmup:.0%} of its peak and no further"
    )
    return (f"{what}; train for more steps, or with a smaller warmup_ratio (0: no warm-up)",)
