"""Where the tokens of a training are: each is learned, masked, padding or dropped."""

import msgspec


class TokenAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tokens of the data, counted once, and of a run, counted each time they are seen.

    Data: the dialogues have `given` tokens as wholes, and `added` more as the rows that they became
    (each piece of a split one has the template's beginning; below 0 where the template writes less
    of a piece); `dropped` of both are trained on never, as they are over the length.

    Run: `learned` tokens have a loss, `masked` ones have not (questions, the template), and
    `padded` ones fill batches up, also in empty slots of the last step.
    """

    given: int
    added: int
    dropped: int
    learned: int
    masked: int
    padded: int

    @property
    def packed(self) -> int:
        """Tokens of one pass over the rows that are trained on."""
        return self.given + self.added - self.dropped

    @property
    def computed(self) -> int:
        """Tokens that the model computes in the run."""
        return self.learned + self.masked + self.padded

    def texts(self) -> tuple[str, str]:
        """Both sums as sentences: of the data, and of the run."""
        more = f" {'+' if self.added > 0 else '-'} {abs(self.added):,} by splitting"
        return (
            f"tokens of the data: {self.given:,} given{more if self.added else ''} = "
            f"{self.packed:,} trained on + {self.dropped:,} dropped",
            f"tokens of the training: {self.learned:,} learned + {self.masked:,} masked + "
            f"{self.padded:,} padding = {self.computed:,} computed",
        )
