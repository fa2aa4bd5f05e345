"""A training that a launcher starts, in as many processes as it likes, on one machine or several:

    accelerate launch --config_file CONFIG.yaml -m harness.launched RUN.json

`ultralink-bench train --run-file RUN.json` writes the file; configs: `train/accelerate_configs/`.
Paths have to be those of all machines. Exit codes are those of the command.
"""

import os
import sys
from pathlib import Path

from harness.cli import find_intruder
from ultralink_data.errors import BenchError


def main() -> int:
    """Train as the run file says that the command line names; returns the exit code."""
    if intruder := find_intruder():
        sys.stderr.write(intruder)
        return 2
    if len(sys.argv) != 2:
        sys.stderr.write(
            "usage: accelerate launch --config_file CONFIG -m harness.launched RUN.json\n"
        )
        return 2
    # As in worker processes; transformers also writes it into tokenizer_config.json, so that a
    # folder without it would have another fingerprint.
    os.environ["HF_HUB_OFFLINE"] = "1"
    from harness.commands.train_launched import launched

    try:
        launched(Path(sys.argv[1]))
    except BenchError as error:
        sys.stderr.write(f"error: {error.message}\n  {error.hint}\n")
        sys.stderr.flush()
        os._exit(error.exit_code)  # a library may wait for the other ranks at the end
    return 0


if __name__ == "__main__":
    sys.exit(main())
