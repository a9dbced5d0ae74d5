from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import torch

from sfumato_training import autoencoder
from sfumato_training.alignment import TOKEN_LIMIT, make_tokenizer, tokens_of
from sfumato_training.examples import CAPTIONS, Drawing, PatchMap, load_examples, make_examples, token_ids
from sfumato_training.pictures import draw_pictures, load_pictures, scenes_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training")
    draw_pictures(folder / "pictures", 20, seed=1)
    autoencoder.begin_autoencoder(folder / "autoencoder.pt", load_pictures(folder / "pictures"), 1)
    make_tokenizer(folder / "tokenizer", 1)
    return folder


def mapping_of(folder: Path) -> PatchMap:
    model = autoencoder.new_autoencoder().eval()
    model.load_state_dict(torch.load(folder / "autoencoder.pt", weights_only=True)["average"])
    matrix, offset = autoencoder.patch_map(model)
    return PatchMap(matrix.numpy(), offset.numpy())


def test_latents_are_those_of_the_autoencoder_that_ships(folder: Path) -> None:
    model = autoencoder.new_autoencoder().eval()
    model.load_state_dict(torch.load(folder / "autoencoder.pt", weights_only=True)["average"])
    mapping = mapping_of(folder)
    for pictures in load_pictures(folder / "pictures"):
        picture = np.asarray(pictures.pixels[0])
        with torch.no_grad():
            by_layers = model.encode(autoencoder.to_tensor(picture[None])).latent_dist.mean[0]
        assert (torch.from_numpy(mapping.latents_of(picture)).float() - by_layers).abs().max() < 0.1


def test_token_ids_are_those_of_the_pipelines_tokenizer(folder: Path) -> None:
    tokenizer = make_tokenizer(folder / "tokenizer", 1)
    texts = [
        "",
        "a red ball beside two blue cats, in a meadow",
        "clouds, " * 40,
        "a dragon's skateboard, 8-bit pixel art",
    ]
    ours = token_ids(tokenizer.backend_tokenizer, texts, TOKEN_LIMIT)
    assert np.array_equal(ours, tokens_of(tokenizer, texts).numpy())


def test_processes_add_what_the_same_scenes_would_give_when_they_are_kept(folder: Path) -> None:
    mapping, tokenizer = mapping_of(folder), folder / "tokenizer"
    make_examples(folder, load_pictures(folder / "pictures"), mapping, tokenizer, TOKEN_LIMIT, seed=1)
    kept = [part.onto("cpu", 64) for part in load_examples(folder)]
    before = [part.count for part in kept]
    assert kept[0].ids.shape[1:] == (CAPTIONS, TOKEN_LIMIT)
    drawing = Drawing(kept, mapping, tokenizer, TOKEN_LIMIT, seed=1, first=20, processes=1)
    deadline = time.monotonic() + 60
    while drawing.count == sum(before) and time.monotonic() < deadline:
        time.sleep(0.1)
    drawing.stop()
    square = kept[0]
    assert square.count > before[0]
    assert square.latents[before[0]].abs().sum() > 0
    assert 0 < square.things[before[0]].max() <= 255
    reader = make_tokenizer(tokenizer, 1)
    first_new = scenes_of(1, 21)[20]
    told = " ".join(reader.batch_decode(square.ids[before[0]].long().tolist(), skip_special_tokens=True))
    assert first_new.style.split()[0][:3] in told or first_new.setting[:3] in told or told == ""
