from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from sfumato_training import autoencoder, checkpoint
from sfumato_training.pictures import PictureSet, draw_pictures, load_pictures


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> list[PictureSet]:
    folder = tmp_path_factory.mktemp("pictures")
    draw_pictures(folder, 60, seed=1)
    return load_pictures(folder)


def test_the_encoder_computes_the_principal_components_and_hardly_loses_anything(sets: list[PictureSet]) -> None:
    torch.manual_seed(0)
    model = autoencoder.new_autoencoder().eval()
    autoencoder.set_encoder(model, sets, seed=0)
    pictures = autoencoder.to_tensor(np.asarray(sets[0].pixels[:6]))
    latents = autoencoder.latents_of(pictures, autoencoder.patch_map(model))
    with torch.no_grad():
        by_layers = model.encode(pictures).latent_dist.mean
    assert (latents - by_layers).abs().max() < 0.1
    rows = latents.permute(0, 2, 3, 1).reshape(-1, 32)
    patches = torch.nn.functional.unfold(pictures, 16, stride=16).transpose(1, 2).reshape(-1, 768)
    known = torch.cat((rows, torch.ones(len(rows), 1)), dim=1)
    solution = torch.linalg.lstsq(known, patches).solution
    assert (known @ solution - patches).abs().mean() < 0.06


@pytest.mark.usefixtures("ticking")
def test_training_goes_on_where_it_was_stopped(sets: list[PictureSet], tmp_path: Path) -> None:
    file = tmp_path / "autoencoder.pt"
    autoencoder.begin_autoencoder(file, sets, 0)
    autoencoder.train_decoder(file, sets, 0.1, "cpu", 0)
    first = checkpoint.load_checkpoint(file)
    autoencoder.train_decoder(file, sets, 0.2, "cpu", 0)
    second = checkpoint.load_checkpoint(file)
    assert first
    assert second
    assert second["step"] > first["step"] > 0
    assert second["used_s"] > first["used_s"]


def test_a_checkpoint_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    file = tmp_path / "x.pt"
    checkpoint.save_checkpoint(file, {"step": 1})
    file.with_suffix(".part").write_bytes(b"half a checkpoi")
    assert checkpoint.load_checkpoint(file) == {"step": 1}
    assert checkpoint.load_checkpoint(tmp_path / "none.pt") is None
