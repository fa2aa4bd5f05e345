"""More held-out math templates, one problem of each: the texts stand in ``texts/math_held_out_*``.

They ask for other chains of steps than the training templates do.
"""

from ultralink_data.starter.math_templates import MathTemplate

HELD_OUT: tuple[MathTemplate, ...] = ()
