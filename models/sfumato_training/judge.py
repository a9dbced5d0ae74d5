"""The CLIP pair that ships: an image tower trained by contrast against the denoiser's own text encoder, which is kept as it is.

So the pair reads with the very encoder that the denoiser was trained with, and only an image tower and two projections are
added (Zhai et al. 2022, "LiT"). As the encoder is kept, every caption is read once and only its pooled state is kept.
"""

from __future__ import annotations

import random
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor
from transformers.models.clip.modeling_clip import CLIPModel, CLIPTextModel, CLIPVisionModelWithProjection
from transformers.models.clip.tokenization_clip import CLIPTokenizer

from sfumato_training.alignment import VIEW, make_tokenizer, naming_loss, new_pair, tokens_of, views_of
from sfumato_training.autoencoder import to_tensor
from sfumato_training.captions import caption, full_caption
from sfumato_training.checkpoint import Averaged, Budget, chance_of, learning_rate, load_parts, save_parts
from sfumato_training.grader import held_out_scenes
from sfumato_training.parts import PARTS, part_numbers
from sfumato_training.pictures import PictureSet
from sfumato_training.scenes import draw_scene
from sfumato_training.world import Scene

PATCH, LAYERS = 8, 4  # of the image tower: finer than what the text tower began with
SEED = 4001  # of the scenes it is measured on
_CAPTIONS = 3  # ways to say each picture
_BATCHES = {"cpu": 192}  # elsewhere:
_LARGE_BATCH = 1024
_PEAK = 1e-3
_SAVE_EVERY_S = 120


def new_judge(tokenizer: CLIPTokenizer) -> CLIPModel:
    """The untrained pair."""
    return new_pair(tokenizer, PATCH, LAYERS)


def train_judge(
    folder: Path,
    sets: Sequence[PictureSet],
    minutes: float,
    device: str,
    seed: int,
    text_tower: dict[str, Tensor],
    step_s: float | None = None,
) -> None:
    """Train, or go on, until the minutes are used (see `Budget`), with a `text_tower` (its state) that is kept.

    The averaged pair is left in `judge.pt`.
    """
    torch.manual_seed(seed)
    tokenizer = make_tokenizer(folder / "tokenizer", seed)
    file, pair = folder / "judge.pt", new_judge(tokenizer).to(device)
    pair.text_model.load_state_dict(text_tower)
    pair.text_model.requires_grad_(False)
    halved = device != "cpu" or torch.cpu._is_avx512_bf16_supported()  # elsewhere it is only slower
    if device == "cpu":  # torch's own attention learns slowly from so few patches in bfloat16
        pair.set_attn_implementation("eager")
    average = Averaged(pair)
    views = torch.cat([views_of(pictures, VIEW) for pictures in sets]).to(device)
    scenes = [scene for pictures in sets for scene in pictures.scenes]
    named, read = part_numbers(scenes).to(device), _captions_read(pair, tokenizer, scenes, seed, halved)
    head = torch.nn.Linear(pair.config.projection_dim, sum(map(len, PARTS.values()))).to(device)
    learning = [parameter for parameter in (*pair.parameters(), *head.parameters()) if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=_PEAK, betas=(0.9, 0.98), weight_decay=0.1)
    parts = {"model": pair, "average": average.module, "head": head, "optimizer": optimizer}
    state = load_parts(file, parts)
    for kept in (pair, average.module):  # the denoiser may have gone on since
        kept.text_model.load_state_dict(text_tower)
    average.steps = step = state.get("step", 0)
    budget = Budget(minutes, state.get("used_s", 0.0), device != "cpu", step_s)
    batch = min(_BATCHES.get(device, _LARGE_BATCH), len(scenes))
    targets = torch.arange(batch, device=device)
    while budget.progress < 1:
        chance = chance_of(seed, step)
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(budget.progress, _PEAK)
        rows = torch.from_numpy(chance.choice(len(scenes), batch, replace=False)).to(device)
        said = read[rows, torch.from_numpy(chance.integers(_CAPTIONS, size=batch)).to(device)]
        with torch.autocast(device, torch.bfloat16, enabled=halved):
            pooled = pair.vision_model(pixel_values=views[rows].float().div(127.5).sub(1)).pooler_output
        images = F.normalize(pair.visual_projection(pooled.float()), dim=1)
        texts = F.normalize(pair.text_projection(said), dim=1)
        scores = images @ texts.T * pair.logit_scale.exp().clamp(max=100)
        contrast = (F.cross_entropy(scores, targets) + F.cross_entropy(scores.T, targets)) / 2
        loss = contrast + naming_loss(head(images), named[rows])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        average.update(pair)
        step += 1
        budget.step_done()
        if step % 50 == 0:
            right = (scores.argmax(dim=1) == targets).float().mean().item()
            told = f"judge step {step} {budget.progress:.0%} loss {contrast.item():.3f}"
            print(f"{told} + {(loss - contrast).item():.3f} right {right:.0%} of {batch}", flush=True)
        if budget.is_due(_SAVE_EVERY_S):
            save_parts(file, parts, step=step, used_s=budget.used_s)
    save_parts(file, parts, step=step, used_s=budget.used_s)


@torch.no_grad()
def _captions_read(
    pair: CLIPModel, tokenizer: CLIPTokenizer, scenes: Sequence[Scene], seed: int, halved: bool
) -> Tensor:
    """`_CAPTIONS` captions of every scene as the text tower pools them: scenes x captions x width."""
    rng, read = random.Random(seed), []
    texts = [caption(scene, rng, empty=0) for scene in scenes for _ in range(_CAPTIONS)]
    for begin in range(0, len(texts), 512):
        ids = tokens_of(tokenizer, texts[begin : begin + 512], longest=True).to(pair.device)
        with torch.autocast(pair.device.type, torch.bfloat16, enabled=halved):
            read.append(pair.text_model(input_ids=ids).pooler_output)
    return torch.cat(read).float().view(len(scenes), _CAPTIONS, -1)


@dataclass(frozen=True, slots=True)
class Judge:
    """The pair as it ships in a painter's folder."""

    tokenizer: CLIPTokenizer
    text: CLIPTextModel
    image: CLIPVisionModelWithProjection
    projection: Tensor  # width of the text tower -> that of the pair

    @torch.no_grad()
    def scores(self, pictures: Sequence[npt.NDArray[np.uint8]], texts: Sequence[str]) -> Tensor:
        """The cosine of every picture (height x width x 3 bytes) with every text: pictures x texts, -1 to 1."""
        views = [F.interpolate(to_tensor(picture[None]), (VIEW, VIEW), mode="area") for picture in pictures]
        seen = self.image(pixel_values=torch.cat(views)).image_embeds
        read = self.text(input_ids=tokens_of(self.tokenizer, list(texts), longest=True)).pooler_output
        return F.normalize(seen, dim=1) @ F.normalize(read @ self.projection.T, dim=1).T


def load_judge(folder: Path) -> Judge:
    """The pair of a painter's folder, in full width."""
    return Judge(
        CLIPTokenizer.from_pretrained(folder / "tokenizer", local_files_only=True),
        CLIPTextModel.from_pretrained(folder / "text_encoder", local_files_only=True).float().eval(),
        CLIPVisionModelWithProjection.from_pretrained(folder / "image_encoder", local_files_only=True).float().eval(),
        load_file(folder / "text_projection.safetensors")["text_projection.weight"].float(),
    )


def share_ranked_first(judge: Judge, trained_on: Set[Scene], count: int) -> float:
    """How often a drawn scene that nothing was trained on scores highest with its own caption, of `count` captions."""
    scenes = held_out_scenes(count, trained_on, SEED)
    drawn = [draw_scene(scene, random.Random(f"{SEED}-{scene}")) for scene in scenes]
    scores = judge.scores(drawn, [full_caption(scene) for scene in scenes])
    return float((scores.argmax(dim=1) == torch.arange(count)).float().mean())
