import pytest

from harness.experiment.bfloat16_speed import bfloat16_note

AVX2 = "processor\t: 0\nflags\t\t: fpu sse2 avx avx2 fma\nbugs\t\t: none\n"


@pytest.mark.parametrize(
    ("dtype", "listed", "slow"),
    [
        ("bfloat16", AVX2, True),
        ("float32", AVX2, False),
        ("bfloat16", "flags\t: fpu avx2 avx512f avx512bw avx512vl\n", False),
        ("bfloat16", "flags\t: fpu avx2 avx512bw amx_bf16\n", False),
        ("bfloat16", "Features\t: fp asimd\n", True),
        ("bfloat16", "Features\t: fp asimd bf16\n", False),
        ("bfloat16", "processor\t: 0\n", False),
    ],
)
def test_bfloat16_is_advised_against_where_the_processor_imitates_it(dtype, listed, slow, tmp_path):
    cpu = tmp_path / "cpuinfo"
    cpu.write_text(listed, encoding="utf-8")
    assert bool(bfloat16_note(dtype, cpu=cpu, gpus=())) is slow


def test_nothing_is_said_beside_a_gpu_or_where_the_system_lists_nothing(tmp_path):
    cpu = tmp_path / "cpuinfo"
    assert bfloat16_note("bfloat16", cpu=cpu, gpus=()) == ()
    cpu.write_text(AVX2, encoding="utf-8")
    assert bfloat16_note("bfloat16", cpu=cpu, gpus=(str(tmp_path),)) == ()
