"""Graphics cards of every maker are found as torch tells of them, in the engine process; the processor is always the last."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from sfumato_models.devices import find_devices, refresh
from sfumato_models.hardware import GIB, Device


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any card."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "get_arch_list", lambda: ["sm_75", "sm_86", "sm_90"])
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.xpu, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "hip", None)
    monkeypatch.setattr(torch.version, "cuda", "13.0")


def with_cards(monkeypatch: pytest.MonkeyPatch, *cards: tuple[str, int, int]) -> None:
    facts = [SimpleNamespace(name=name, major=major, minor=minor) for name, major, minor in cards]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: len(facts))
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: facts[index])
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda index: (7 * GIB, 8 * GIB))


def test_without_a_card_there_is_the_processor() -> None:
    (processor,) = find_devices()
    assert (processor.kind, processor.backend) == ("cpu", "cpu")
    assert processor.numbers == ("float32", "bfloat16")
    assert 0 < processor.free_bytes <= processor.memory_bytes


def test_nvidias_cards_and_the_numbers_they_compute_well_with(monkeypatch: pytest.MonkeyPatch) -> None:
    with_cards(monkeypatch, ("RTX 3060", 8, 6), ("RTX 2060", 7, 5), ("GTX 1080", 6, 1))
    new, older, processor = find_devices()  # for the third these libraries have no code
    assert (new.kind, new.backend, new.title) == ("cuda", "cuda:0", "RTX 3060 (NVIDIA GPU)")
    assert (new.memory_bytes, new.free_bytes, new.driver) == (8 * GIB, 7 * GIB, "CUDA 13.0")
    assert new.numbers[0] == "bfloat16"
    assert older.numbers == ("float16", "float32")
    assert processor.kind == "cpu"


def test_amds_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    with_cards(monkeypatch, ("RX 7800 XT", 11, 0))
    monkeypatch.setattr(torch.version, "hip", "6.4")
    monkeypatch.setattr(torch.cuda, "get_arch_list", lambda: ["gfx1100"])
    card, _ = find_devices()
    assert (card.kind, card.backend, card.driver) == ("rocm", "cuda:0", "ROCm 6.4")
    assert card.numbers == ("bfloat16", "float16", "float32")


def test_intels_and_apples(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = SimpleNamespace(name="Arc B580", total_memory=12 * GIB)
    monkeypatch.setattr(torch.xpu, "is_available", lambda: True)
    monkeypatch.setattr(torch.xpu, "device_count", lambda: 1)
    monkeypatch.setattr(torch.xpu, "get_device_properties", lambda index: facts)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    monkeypatch.setattr(torch.mps, "recommended_max_memory", lambda: 10 * GIB)
    intel, apple, processor = find_devices()
    assert (intel.kind, intel.backend, intel.memory_bytes) == ("xpu", "xpu:0", 12 * GIB)
    assert (apple.kind, apple.backend, apple.memory_bytes) == ("mps", "mps", 10 * GIB)
    assert processor.kind == "cpu"


def test_what_torch_keeps_for_later_counts_as_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda backend: (2 * GIB, 8 * GIB))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda backend: 3 * GIB)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda backend: 1 * GIB)
    assert refresh(Device("cuda", "cuda:0", "RTX 3060", 8 * GIB, 7 * GIB)) == 4 * GIB
    assert refresh(Device("xpu", "xpu:0", "Arc", 12 * GIB, 11 * GIB)) == 11 * GIB
