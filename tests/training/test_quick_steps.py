"""What the training does quicker on some processors gives what it gives elsewhere."""

from __future__ import annotations

import torch
from torch.nn.functional import cosine_similarity, scaled_dot_product_attention

from sfumato_training.optimizer import orthogonal, orthogonal_halved
from sfumato_training.writer_model import _attended


def test_directions_in_half_width_are_nearly_those_in_full() -> None:
    torch.manual_seed(0)
    matrices = [torch.randn(96, 96), torch.randn(40, 96), torch.randn(96, 40), torch.randn(96, 96)]
    for full, half in zip(orthogonal(matrices), orthogonal_halved(matrices), strict=True):
        assert full.shape == half.shape
        assert cosine_similarity(full.flatten(), half.flatten(), dim=0) > 0.99


def test_attention_written_out_is_causal_and_equal_to_torchs_own() -> None:
    torch.manual_seed(0)
    q, k, v = (torch.randn(2, 3, 17, 8, dtype=torch.bfloat16) for _ in range(3))
    written = _attended(q, k, v)
    own = scaled_dot_product_attention(q.float(), k.float(), v.float(), is_causal=True)
    assert torch.allclose(written.float(), own, atol=0.05)
    changed = _attended(q, k, torch.cat((v[:, :, :-1], v[:, :, -1:] + 9), dim=2))
    assert torch.equal(changed[:, :, :-1], written[:, :, :-1])
