"""The bench for a GPU is rehearsed here with a tiny model on the processor, so that it runs when a GPU is at hand."""

from __future__ import annotations

from sfumato_models.devices import find_devices
from tests.bench.gpu import Bench
from tests.bench.gpu_models import SHAPES


def test_the_bench_gives_every_figure_that_a_processor_can() -> None:
    figures = dict(Bench(SHAPES["klein"], find_devices()[-1], is_tiny=True).figures(with_compile=False))
    assert figures["repeats_bit_for_bit"] is True
    assert figures["stop_steps"] == 0
    assert figures["previews_shown_of_steps"] == 1
    assert float(figures["painter_over_bare"]) > 0
