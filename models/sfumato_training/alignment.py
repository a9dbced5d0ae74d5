"""A text and an image tower that learn, by contrast, which caption belongs to which picture (CLIP, Radford et al. 2021).

Two small heads that name the parts of the scene help both towers at the start and are thrown away. The text tower, trained
first in this way, is where the denoiser's own text encoder begins; `judge.py` then trains the image tower that ships.
"""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers.models.clip.configuration_clip import CLIPConfig, CLIPTextConfig, CLIPVisionConfig
from transformers.models.clip.modeling_clip import CLIPModel
from transformers.models.clip.tokenization_clip import CLIPTokenizer

from sfumato_training.autoencoder import to_tensor
from sfumato_training.captions import caption
from sfumato_training.checkpoint import Averaged, Budget, chance_of, learning_rate, load_parts, save_parts
from sfumato_training.parts import PARTS, part_numbers
from sfumato_training.pictures import PictureSet, scene_of

TEXT_WIDTH = 192
TOKEN_LIMIT = 48
VISION_WIDTH = 128
VIEW = 64  # pixels; pictures are looked at in this size
_BATCHES = {"cpu": 96}  # elsewhere:
_LARGE_BATCH = 512
_PEAK = 1e-3
_SAVE_EVERY_S = 120
_VOCABULARY = 1600


def make_tokenizer(folder: Path, seed: int) -> CLIPTokenizer:
    """CLIP's byte-level tokenizer with a vocabulary of the captions; trained first if it is not in `folder`."""
    if not (folder / "tokenizer.json").exists():
        rng = random.Random(seed)
        texts = [caption(scene_of(seed, index)[0], rng) for index in range(6000)]
        raw = Tokenizer(models.BPE(end_of_word_suffix="</w>", unk_token="<|endoftext|>"))
        raw.normalizer = normalizers.Lowercase()
        raw.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(_clip_words(), "removed", invert=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False),
            ]
        )
        alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
        trainer = trainers.BpeTrainer(
            vocab_size=_VOCABULARY, end_of_word_suffix="</w>", initial_alphabet=alphabet, show_progress=False
        )
        raw.train_from_iterator(texts, trainer)
        model = json.loads(raw.to_str())["model"]
        tokens = [*alphabet, *(letter + "</w>" for letter in alphabet)]
        tokens += [token for token in model["vocab"] if token not in set(tokens)]
        tokens += ["<|startoftext|>", "<|endoftext|>"]
        merges = [merge if isinstance(merge, list) else merge.split(" ") for merge in model["merges"]]
        tokenizer = CLIPTokenizer(
            vocab={token: number for number, token in enumerate(tokens)},
            merges=[tuple(merge) for merge in merges],
            model_max_length=TOKEN_LIMIT,
        )
        tokenizer.save_pretrained(folder)
    return CLIPTokenizer.from_pretrained(folder, local_files_only=True)


def new_pair(tokenizer: CLIPTokenizer, patch: int = 16, layers: int = 3) -> CLIPModel:
    """An untrained pair: a text tower of 1.4 million parameters, an image tower that sees patches of some pixels."""
    end = tokenizer.eos_token_id
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=TEXT_WIDTH,
        intermediate_size=TEXT_WIDTH * 3,
        num_hidden_layers=3,
        num_attention_heads=6,
        max_position_embeddings=TOKEN_LIMIT,
        projection_dim=128,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=end,
        pad_token_id=end,
    )
    vision = CLIPVisionConfig(
        hidden_size=VISION_WIDTH,
        intermediate_size=VISION_WIDTH * 2,
        num_hidden_layers=layers,
        num_attention_heads=4,
        image_size=VIEW,
        patch_size=patch,
        projection_dim=128,
    )
    return CLIPModel(CLIPConfig(text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=128))


def tokens_of(tokenizer: CLIPTokenizer, texts: list[str], longest: bool = False) -> torch.Tensor:
    """Token ids, texts x `TOKEN_LIMIT`, padded as the pipeline pads them (or only to the `longest` text)."""
    ids: torch.Tensor = tokenizer(
        texts,
        padding="longest" if longest else "max_length",
        max_length=TOKEN_LIMIT,
        truncation=True,
        return_tensors="pt",
    ).input_ids
    return ids


def train_pair(
    folder: Path, sets: list[PictureSet], minutes: float, device: str, seed: int, step_s: float | None = None
) -> None:
    """Train, or go on, until the minutes are used (see `Budget`); the averaged pair is left in `alignment.pt`.

    Prints how often the right caption is picked among a batch's.
    """
    file = folder / "alignment.pt"
    torch.manual_seed(seed)
    tokenizer = make_tokenizer(folder / "tokenizer", seed)
    pair = new_pair(tokenizer).to(device)
    average = Averaged(pair)
    heads = torch.nn.ModuleList(torch.nn.Linear(128, sum(map(len, PARTS.values()))) for _ in range(2)).to(device)
    learning = [*pair.parameters(), *heads.parameters()]
    optimizer = torch.optim.AdamW(learning, lr=_PEAK, betas=(0.9, 0.98), weight_decay=0.1)
    parts = {"model": pair, "average": average.module, "heads": heads, "optimizer": optimizer}
    state = load_parts(file, parts)
    average.steps = step = state.get("step", 0)
    budget = Budget(minutes, state.get("used_s", 0.0), device != "cpu", step_s)
    pictures = sets[0]
    batch = min(_BATCHES.get(device, _LARGE_BATCH), len(pictures.scenes))
    views = views_of(pictures, VIEW).to(device)
    named_parts = part_numbers(pictures.scenes).to(device)
    targets = torch.arange(batch, device=device)
    while budget.progress < 1:
        chance, rng = chance_of(seed, step), random.Random(f"{seed}-{step}")
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(budget.progress, _PEAK)
        rows = np.sort(chance.choice(len(pictures.scenes), batch, replace=False))
        texts = [caption(pictures.scenes[row], rng, empty=0) for row in rows]
        on_device = torch.from_numpy(rows).to(device)
        seen = views[on_device].float().div(127.5).sub(1)
        result = pair(input_ids=tokens_of(tokenizer, texts, longest=True).to(device), pixel_values=seen)
        both = result.logits_per_image, result.logits_per_text
        contrast = sum(F.cross_entropy(logits, targets) for logits in both) / 2
        named = [head(embeds) for head, embeds in zip(heads, (result.image_embeds, result.text_embeds), strict=True)]
        loss = contrast + sum(naming_loss(scores, named_parts[on_device]) for scores in named)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        average.update(pair)
        step += 1
        budget.step_done()
        if step % 20 == 0:
            right = (both[0].argmax(dim=1) == targets).float().mean().item()
            named_loss = (loss - contrast).item()
            told = f"alignment step {step} {budget.progress:.0%} loss {contrast.item():.3f} + {named_loss:.3f}"
            print(f"{told} right {right:.0%} of {batch}", flush=True)
        if budget.is_due(_SAVE_EVERY_S):
            save_parts(file, parts, step=step, used_s=budget.used_s)
    save_parts(file, parts, step=step, used_s=budget.used_s)


def views_of(pictures: PictureSet, size: int) -> torch.Tensor:
    """All pictures of a set seen in a small square, as bytes: count x 3 x size x size."""
    seen = []
    for begin in range(0, len(pictures.scenes), 256):
        part = to_tensor(np.asarray(pictures.pixels[begin : begin + 256]))
        seen.append(F.interpolate(part, (size, size), mode="area").add(1).mul(127.5).round().byte())
    return torch.cat(seen)


def naming_loss(scores: torch.Tensor, parts: torch.Tensor) -> torch.Tensor:
    """The mean cross-entropy of naming each part of the scene, from embeddings of length 1 (hence the factor)."""
    split = (16 * scores).split([len(words) for words in PARTS.values()], dim=1)
    return torch.stack([F.cross_entropy(part, parts[:, index]) for index, part in enumerate(split)]).mean()


def _clip_words() -> Regex:
    return Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+")
