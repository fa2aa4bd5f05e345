"""AdamW whose moments have 8 bits, where bitsandbytes is installed."""

import msgspec
import pytest
from adapter_checks import digest

from train.trainer import train


class Killed(Exception):
    pass


def test_it_learns_as_adamw_does_and_goes_on_to_the_same_bits(
    base, packed_folder, config, tmp_path
):
    pytest.importorskip("bitsandbytes", reason="extra `bits`: bitsandbytes is not installed")
    config = msgspec.structs.replace(config, learning_rate=5e-3, checkpoint_every=2)
    inputs = {"model": base, "packed": packed_folder, "seed": 1}
    plain = train(**inputs, config=config, out=tmp_path / "plain", work=tmp_path / "w")
    eight = msgspec.structs.replace(config, optimizer="adamw_8bit")
    whole = train(**inputs, config=eight, out=tmp_path / "whole", work=tmp_path / "w")
    assert whole.losses == pytest.approx(plain.losses, abs=1e-2)
    assert digest(tmp_path / "whole") != digest(tmp_path / "plain")

    def die(step, *_):
        if step == 5:
            raise Killed

    with pytest.raises(Killed):
        train(**inputs, config=eight, out=tmp_path / "o", work=tmp_path / "w2", on_progress=die)
    again = train(**inputs, config=eight, out=tmp_path / "o", work=tmp_path / "w2")
    assert again.resumed_from == 4
    assert digest(tmp_path / "o") == digest(tmp_path / "whole")
