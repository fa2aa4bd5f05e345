"""Cross entropy of the learned tokens, with logits computed only for these.

The output layer is a large part of a small model's compute, and its logits a large part of a big
model's memory. Half of a chat's tokens are questions, which need neither.
"""

from typing import Any

from train import head_loss
from train.batches import IGNORED
from train.runtime import torch_errors
from ultralink_data.added_code import blaming, file_of
from ultralink_data.errors import ConfigError


class LearnedOnly:
    """Makes a model compute logits only where the next token is learned.

    `expect` receives the labels before each forward pass; `loss` sums the cross entropies of its
    logits and divides by `num_items_in_batch`, the number of learned tokens in the whole step.
    A large vocabulary has no logits in training, if `in_parts`: `train.head_loss` has their
    loss. That is so for models it serves, and only while `summed` is what it computes, which is
    tried at the start: another loss than cross entropy gets its logits.
    """

    def __init__(self, model: Any) -> None:
        self._where: Any = None
        self._hidden: Any = None
        self._head = model.get_output_embeddings()
        with blaming(file_of(type(self)), "summed"):
            self.in_parts = (
                self._head is not None
                and type(self).loss is LearnedOnly.loss
                and head_loss.fits(model)
                and head_loss.is_loss(self.summed)
            )
        if self._head is not None:
            self._head.register_forward_pre_hook(self._select)

    def expect(self, labels: Any) -> None:
        """Set the labels [batch, tokens] of the next forward pass; None turns selection off."""
        self._where = None if labels is None else next_labels(labels) != IGNORED
        self._hidden = None

    def _select(self, _: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        hidden = inputs[0]
        if self._where is None or hidden.shape[:2] != self._where.shape:
            return inputs
        chosen = hidden[self._where.to(hidden.device)]
        if self.in_parts and chosen.requires_grad:
            self._hidden, chosen = head_loss.as_computed(chosen), chosen[:0]
        return (chosen, *inputs[1:])

    def loss(self, outputs: Any, labels: Any, num_items_in_batch: Any = None) -> Any:
        """The loss of a micro-batch: a sum over its learned tokens, divided by all of the step."""
        targets = next_labels(labels)
        learned = targets != IGNORED
        if self._hidden is not None:
            total = head_loss.summed_loss(self._hidden, self._head.weight, targets[learned])
        else:
            logits = outputs.logits
            if logits.shape[:-1] == targets.shape:
                logits = logits[learned]
            total = self.summed(logits, targets[learned])
        return total / num_items_in_batch

    def summed(self, logits: Any, targets: Any) -> Any:
        """The sum of the losses of tokens: logits [tokens, vocabulary], targets [tokens]."""
        from torch.nn.functional import cross_entropy

        return cross_entropy(logits.float(), targets, reduction="sum")

    def checked(self, outputs: Any, labels: Any, num_items_in_batch: Any = None) -> Any:
        """`loss`, as a function for `Trainer(compute_loss_func=)`.

        Raises:
            ConfigError: it does not run, or returns no single number; names file and line.
            PrerequisiteError: see `torch_errors`.
        """
        from torch import Tensor

        path = file_of(type(self))
        with blaming(path, "loss"), torch_errors():
            found = self.loss(outputs, labels, num_items_in_batch)
        if not isinstance(found, Tensor) or found.ndim:
            said = f"a tensor {[*found.shape]}" if isinstance(found, Tensor) else repr(found)
            line = type(self).loss.__code__.co_firstlineno
            raise ConfigError(
                f"{path}:{line}: loss returned {said}, not a tensor with one number",
                hint="return a sum over the learned tokens, divided by num_items_in_batch",
            )
        return found


def next_labels(labels: Any) -> Any:
    """The label of the token that follows each token."""
    from torch.nn.functional import pad

    return pad(labels, (0, 1), value=IGNORED)[..., 1:]
