"""Facts of model families as data: which diffusers classes paint which route, and in what their calls differ.

A family is found by the name of its pipeline class, which stands in every `model_index.json`. The concrete modules are
named, so that nothing imports every family and a bundle holds only these. Imports no engine library.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sfumato.recipe import Route

ClassPath = tuple[str, str]  # module, class

Packing = Literal["none", "patches", "tokens"]
Normalisation = Literal["scaled", "per channel", "batch norm"]


@dataclass(frozen=True, slots=True)
class Encoding:
    """How `pipe.encode_prompt(prompt, **call)` is used: `names` are the pipeline's arguments for what it returns, in order.

    None stands for a value the pipeline makes again by itself. The negative text is encoded by the same call, its
    arguments are called `negative_...`, and where there is none `empty` is. `text_limit` counts the tokens of a text, `frame`
    those that the family puts around it.
    """

    names: tuple[str | None, ...]
    call: Mapping[str, Any] = field(default_factory=dict)
    text_limit: int = 512
    frame: int = 0
    tokenizer: str = "tokenizer"
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of picture model.

    Attributes:
        pipelines: the class of each route; where inpaint has the class of image-to-image, the app keeps the rest of the
            picture itself (`inpainting.py`), else the class is given a mask.
        texts: `clip` and `clip pair` are read in pieces, `encoding` by the pipeline, `picture` together with the picture.
        guidance: the name of the pipeline's guidance argument, which is on when it is greater than `guided_above`.
        least_guidance: the pipeline takes none below; it paints without guidance there.
        negatives: whether the pipeline can be given a negative text at all.
        packing: how the latents stand in the loop: as a grid, as 2x2 patches in a row, or as one token for each cell.
        normalisation: what is undone before decoding.
        steps_follow_strength: painting over a picture runs only `steps * strength` of the steps.
        call: arguments that are always passed.
        never: numbers in which the family goes wrong.
        rewrites_texts: the pipeline would clean texts by rules of its own; it is kept from it.
    """

    title: str
    pipelines: Mapping[Route, ClassPath]
    texts: Literal["clip", "clip pair", "encoding", "picture"] = "encoding"
    encoding: Encoding | None = None
    denoiser: Literal["unet", "transformer"] = "transformer"
    guidance: str = "guidance_scale"
    guided_above: float = 1.0
    least_guidance: float = 0.0
    negatives: bool = True
    packing: Packing = "none"
    normalisation: Normalisation = "scaled"
    batch_norm_eps: float | None = None
    steps_follow_strength: bool = True
    size_multiple: int = 8
    call: Mapping[str, Any] = field(default_factory=dict)
    never: tuple[Literal["float16", "bfloat16"], ...] = ()
    rewrites_texts: bool = False

    @property
    def routes(self) -> tuple[Route, ...]:
        """What it can do."""
        return tuple(self.pipelines)

    @property
    def takes_mask(self) -> bool:
        """True where the pipeline of an area is one of its own, which is given a mask."""
        area = self.pipelines.get(Route.INPAINT)
        return area is not None and area != self.pipelines.get(Route.IMAGE_TO_IMAGE)


def _class(folder: str, module: str, name: str) -> ClassPath:
    return f"diffusers.pipelines.{folder}.{module}", name


_SD = _class("stable_diffusion", "pipeline_stable_diffusion", "StableDiffusionPipeline")
_SD_OVER = _class("stable_diffusion", "pipeline_stable_diffusion_img2img", "StableDiffusionImg2ImgPipeline")
_XL = _class("stable_diffusion_xl", "pipeline_stable_diffusion_xl", "StableDiffusionXLPipeline")
_XL_OVER = _class("stable_diffusion_xl", "pipeline_stable_diffusion_xl_img2img", "StableDiffusionXLImg2ImgPipeline")
_LCM = _class("latent_consistency_models", "pipeline_latent_consistency_text2img", "LatentConsistencyModelPipeline")
_LCM_OVER = _class(
    "latent_consistency_models", "pipeline_latent_consistency_img2img", "LatentConsistencyModelImg2ImgPipeline"
)
_PIX2PIX = _class(
    "stable_diffusion", "pipeline_stable_diffusion_instruct_pix2pix", "StableDiffusionInstructPix2PixPipeline"
)
_KLEIN = _class("flux2", "pipeline_flux2_klein", "Flux2KleinPipeline")
_KLEIN_AREA = _class("flux2", "pipeline_flux2_klein_inpaint", "Flux2KleinInpaintPipeline")
_Z = _class("z_image", "pipeline_z_image", "ZImagePipeline")
_Z_OVER = _class("z_image", "pipeline_z_image_img2img", "ZImageImg2ImgPipeline")
_SD3 = _class("stable_diffusion_3", "pipeline_stable_diffusion_3", "StableDiffusion3Pipeline")
_SD3_OVER = _class("stable_diffusion_3", "pipeline_stable_diffusion_3_img2img", "StableDiffusion3Img2ImgPipeline")
_FLUX = _class("flux", "pipeline_flux", "FluxPipeline")
_FLUX_OVER = _class("flux", "pipeline_flux_img2img", "FluxImg2ImgPipeline")
_FLUX_AREA = _class("flux", "pipeline_flux_inpaint", "FluxInpaintPipeline")
_QWEN = _class("qwenimage", "pipeline_qwenimage", "QwenImagePipeline")
_QWEN_OVER = _class("qwenimage", "pipeline_qwenimage_img2img", "QwenImageImg2ImgPipeline")
_QWEN_AREA = _class("qwenimage", "pipeline_qwenimage_inpaint", "QwenImageInpaintPipeline")
_QWEN_EDIT = _class("qwenimage", "pipeline_qwenimage_edit_plus", "QwenImageEditPlusPipeline")
_PRX = _class("prx", "pipeline_prx", "PRXPipeline")
_KREA = _class("krea2", "pipeline_krea2", "Krea2Pipeline")
_ERNIE = _class("ernie_image", "pipeline_ernie_image", "ErnieImagePipeline")

FAMILIES: dict[str, Family] = {
    "StableDiffusionPipeline": Family(
        title="Stable Diffusion 1.5 and 2",
        pipelines={Route.TEXT_TO_IMAGE: _SD, Route.IMAGE_TO_IMAGE: _SD_OVER, Route.INPAINT: _SD_OVER},
        texts="clip",
        denoiser="unet",
    ),
    "StableDiffusionInstructPix2PixPipeline": Family(
        title="InstructPix2Pix", pipelines={Route.INSTRUCTION_EDIT: _PIX2PIX}, texts="clip", denoiser="unet"
    ),
    "LatentConsistencyModelPipeline": Family(
        title="Latent Consistency",
        pipelines={Route.TEXT_TO_IMAGE: _LCM, Route.IMAGE_TO_IMAGE: _LCM_OVER},
        texts="clip",
        denoiser="unet",
        negatives=False,
        steps_follow_strength=False,
    ),
    "StableDiffusionXLPipeline": Family(
        title="Stable Diffusion XL",
        pipelines={Route.TEXT_TO_IMAGE: _XL, Route.IMAGE_TO_IMAGE: _XL_OVER, Route.INPAINT: _XL_OVER},
        texts="clip pair",
        denoiser="unet",
    ),
    "Flux2KleinPipeline": Family(
        title="FLUX.2 klein",
        pipelines={Route.TEXT_TO_IMAGE: _KLEIN, Route.INSTRUCTION_EDIT: _KLEIN, Route.INPAINT: _KLEIN_AREA},
        encoding=Encoding(("prompt_embeds", None), frame=16),
        packing="tokens",
        normalisation="batch norm",
        size_multiple=16,
        never=("float16",),
    ),
    "ZImagePipeline": Family(
        title="Z-Image",
        pipelines={Route.TEXT_TO_IMAGE: _Z, Route.IMAGE_TO_IMAGE: _Z_OVER, Route.INPAINT: _Z_OVER},
        encoding=Encoding(("prompt_embeds", None), {"do_classifier_free_guidance": False}, frame=16),
        guided_above=0.0,
        size_multiple=16,
        never=("float16",),
    ),
    "StableDiffusion3Pipeline": Family(
        title="Stable Diffusion 3.5",
        pipelines={Route.TEXT_TO_IMAGE: _SD3, Route.IMAGE_TO_IMAGE: _SD3_OVER, Route.INPAINT: _SD3_OVER},
        encoding=Encoding(
            ("prompt_embeds", None, "pooled_prompt_embeds", None),
            {"prompt_2": None, "prompt_3": None, "do_classifier_free_guidance": False},
            text_limit=256,
            frame=1,
            tokenizer="tokenizer_3",
        ),
        size_multiple=16,
    ),
    "FluxPipeline": Family(
        title="FLUX.1",
        pipelines={Route.TEXT_TO_IMAGE: _FLUX, Route.IMAGE_TO_IMAGE: _FLUX_OVER, Route.INPAINT: _FLUX_AREA},
        encoding=Encoding(
            ("prompt_embeds", "pooled_prompt_embeds", None), {"prompt_2": None}, frame=1, tokenizer="tokenizer_2"
        ),
        negatives=False,
        packing="patches",
        size_multiple=16,
        never=("float16",),
    ),
    "QwenImagePipeline": Family(
        title="Qwen-Image",
        pipelines={Route.TEXT_TO_IMAGE: _QWEN, Route.IMAGE_TO_IMAGE: _QWEN_OVER, Route.INPAINT: _QWEN_AREA},
        encoding=Encoding(("prompt_embeds", "prompt_embeds_mask"), frame=5, empty=" "),
        guidance="true_cfg_scale",
        packing="patches",
        normalisation="per channel",
        size_multiple=16,
        never=("float16",),
    ),
    "QwenImageEditPlusPipeline": Family(
        title="Qwen-Image Edit",
        pipelines={Route.INSTRUCTION_EDIT: _QWEN_EDIT},
        texts="picture",
        guidance="true_cfg_scale",
        packing="patches",
        normalisation="per channel",
        size_multiple=16,
        never=("float16",),
    ),
    "PRXPipeline": Family(
        title="PRX",
        pipelines={Route.TEXT_TO_IMAGE: _PRX},
        encoding=Encoding(
            ("prompt_embeds", "prompt_attention_mask", None, None), {"do_classifier_free_guidance": False}, 256, frame=1
        ),
        size_multiple=16,
        least_guidance=1.0,
        call={"use_resolution_binning": False},  # the size that was asked for, not the nearest one of a list
        never=("float16",),
        rewrites_texts=True,
    ),
    "Krea2Pipeline": Family(
        title="Krea 2",
        pipelines={Route.TEXT_TO_IMAGE: _KREA},
        encoding=Encoding(("prompt_embeds", "prompt_embeds_mask"), frame=5),
        guided_above=0.0,
        packing="patches",
        normalisation="per channel",
        size_multiple=16,
        never=("float16",),
    ),
    "ErnieImagePipeline": Family(
        title="ERNIE-Image",
        pipelines={Route.TEXT_TO_IMAGE: _ERNIE},
        encoding=Encoding(("prompt_embeds",), frame=1),
        normalisation="batch norm",
        batch_norm_eps=1e-5,
        size_multiple=16,
        call={"use_pe": False},  # its own model for rewriting prompts; what was asked for stays as it is
        never=("float16",),
    ),
}


def first_route(family: Family) -> Route:
    """The route whose pipeline is loaded; from text where the family can, else its first one."""
    return Route.TEXT_TO_IMAGE if Route.TEXT_TO_IMAGE in family.pipelines else family.routes[0]


def class_at(path: ClassPath) -> Any:
    """Import a class."""
    module, name = path
    return getattr(importlib.import_module(module), name)
