"""What other tools write into their pictures, in the forms in which they write it, and what strangers may write."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from sfumato.emphasis import (
    BREAK_DROPPED,
    EDITING_DROPPED,
    SECTIONS_DROPPED,
    WEIGHTS_DROPPED,
    Dialect,
    Lora,
    plain_words,
)
from sfumato.errors import SfumatoError
from sfumato.image_file import show_metadata
from sfumato.other_metadata import PictureMetadata, read_a1111, read_other

A1111 = """masterpiece, (best quality:1.2), a [red] \\(shiny\\) ball,
in a ((meadow)) <lora:detail_tweaker:0.8>
BREAK golden hour, smile :)
Negative prompt: (worst quality:1.4), lowres,
people, text: none
Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 3735928559, Size: 512x768, \
Model hash: 4199bcdd14, Model: dreamshaper_8, Denoising strength: 0.45, Clip skip: 2, \
ADetailer model: face_yolov8n.pt, ADetailer prompt: "a face, smiling: \\"yes\\"", Hires upscale: 2, \
Hires upscaler: Latent, Lora hashes: "detail_tweaker: 7c6bad76eb54", \
Civitai resources: [{"type":"checkpoint","modelVersionId":128713,"modelName":"A, B"}], Version: v1.10.1
Template: masterpiece, __colour__ ball"""

COMFYUI: dict[str, Any] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 156680208700286, "steps": 20, "cfg": 8.0, "sampler_name": "euler", "scheduler": "normal",
            "denoise": 1.0, "model": ["10", 0], "positive": ["20", 0], "negative": ["20", 1], "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "SD1.5/v1-5-pruned-emaonly.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 768, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["30", 0], "clip": ["10", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "text, (watermark:1.3)", "clip": ["10", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "ComfyUI", "images": ["41", 0]}},
    "10": {"class_type": "LoraLoader", "inputs": {"lora_name": "styles\\ink.safetensors", "strength_model": 0.7,
                                                  "strength_clip": 1.0, "model": ["4", 0], "clip": ["4", 1]}},
    "20": {"class_type": "ControlNetApplyAdvanced", "inputs": {"positive": ["21", 0], "negative": ["7", 0],
                                                               "control_net": ["22", 0], "image": ["23", 0]}},
    "21": {"class_type": "ConditioningCombine", "inputs": {"conditioning_1": ["6", 0], "conditioning_2": ["24", 0]}},
    "24": {"class_type": "CLIPTextEncode", "inputs": {"text": "evening light", "clip": ["10", 1]}},
    "30": {"class_type": "StringConcatenate", "inputs": {"string_a": "a (red:1.2) ball", "string_b": ["31", 0],
                                                         "delimiter": ", "}},
    "31": {"class_type": "PrimitiveString", "inputs": {"value": "in a meadow"}},
    "40": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 10, "cfg": 5.0, "sampler_name": "ddim",
                                                "scheduler": "normal", "denoise": 0.4, "model": ["4", 0],
                                                "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["42", 0]}},
    "41": {"class_type": "VAEDecode", "inputs": {"samples": ["40", 0], "vae": ["4", 2]}},
    "42": {"class_type": "LatentUpscale", "inputs": {"samples": ["3", 0], "width": 1024, "height": 1536}},
}  # fmt: skip

FLUX: dict[str, Any] = {
    "25": {"class_type": "RandomNoise", "inputs": {"noise_seed": 4242}},
    "22": {"class_type": "BasicGuider", "inputs": {"model": ["12", 0], "conditioning": ["26", 0]}},
    "26": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["6", 0]}},
    "6": {"class_type": "CLIPTextEncodeFlux", "inputs": {"clip_l": "a fox", "t5xxl": "a fox in the snow"}},
    "16": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
    "17": {"class_type": "BasicScheduler", "inputs": {"scheduler": "simple", "steps": 24, "model": ["12", 0]}},
    "27": {"class_type": "EmptySD3LatentImage", "inputs": {"width": 1024, "height": 1024, "batch_size": 1}},
    "12": {"class_type": "UNETLoader", "inputs": {"unet_name": "flux1-dev.safetensors"}},
    "13": {
        "class_type": "SamplerCustomAdvanced",
        "inputs": {"noise": ["25", 0], "guider": ["22", 0], "sampler": ["16", 0], "sigmas": ["17", 0],
                   "latent_image": ["27", 0]},
    },
}  # fmt: skip

SDXL: dict[str, Any] = {
    "1": {"class_type": "KSamplerAdvanced", "inputs": {"noise_seed": ["5", 0], "steps": 25, "cfg": 7.5,
          "sampler_name": "dpmpp_2m", "scheduler": "karras", "model": ["4", 0], "positive": ["2", 0],
          "negative": ["3", 0], "latent_image": ["6", 0]}},
    "2": {"class_type": "CLIPTextEncodeSDXL", "inputs": {"width": 4096, "height": 4096, "text_g": "a castle",
          "text_l": "a castle", "clip": ["4", 1]}},
    "3": {"class_type": "CLIPTextEncodeSDXL", "inputs": {"text_g": "people", "text_l": "blurry", "clip": ["4", 1]}},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sd_xl_base_1.0.safetensors"}},
    "5": {"class_type": "Seed Generator", "inputs": {"seed": 77}},
    "6": {"class_type": "EmptyLatentImage", "inputs": {"width": 1216, "height": 832, "batch_size": 1}},
}  # fmt: skip

WORKFLOW: dict[str, Any] = {
    "nodes": [
        {"id": 3, "type": "KSampler", "widgets_values": [42, "randomize", 20, 8, "euler", "normal", 1],
         "inputs": [{"name": "model", "link": 1}, {"name": "positive", "link": 4}, {"name": "negative", "link": 6},
                    {"name": "latent_image", "link": 2}]},
        {"id": 4, "type": "CheckpointLoaderSimple", "widgets_values": ["v1-5.ckpt"], "inputs": []},
        {"id": 5, "type": "EmptyLatentImage", "widgets_values": [512, 512, 1]},
        {"id": 6, "type": "CLIPTextEncode", "widgets_values": ["a boat"], "inputs": [{"name": "clip", "link": 3}]},
        {"id": 7, "type": "CLIPTextEncode", "widgets_values": ["fog"], "inputs": [{"name": "clip", "link": 5}]},
    ],
    "links": [[1, 4, 0, 3, 0, "MODEL"], [2, 5, 0, 3, 3, "LATENT"], [3, 4, 1, 6, 0, "CLIP"],
              [4, 6, 0, 3, 1, "CONDITIONING"], [5, 4, 1, 7, 0, "CLIP"], [6, 7, 0, 3, 2, "CONDITIONING"]],
}  # fmt: skip

INVOKEAI = {
    "generation_mode": "txt2img", "positive_prompt": "a lighthouse (in a storm)1.3, waves++", "negative_prompt": None,
    "width": 832, "height": 1216, "seed": 3162204321, "cfg_scale": 5.5, "steps": 30, "scheduler": "dpmpp_2m_k",
    "model": {"key": "a1", "hash": "blake3:00", "name": "juggernaut_xl", "base": "sdxl", "type": "main"},
    "loras": [{"model": {"name": "pixel_art"}, "weight": 0.75}], "app_version": "5.4.2",
    "positive_style_prompt": "oil painting",
}  # fmt: skip

INVOKEAI_2 = {
    "model": "stable diffusion", "model_weights": "stable-diffusion-1.5", "app_id": "invoke-ai/InvokeAI",
    "image": {"prompt": [{"prompt": "a lonely robot [blurry, text]", "weight": 1.0}], "steps": 50, "cfg_scale": 7.5,
              "height": 512, "width": 640, "seed": 1618033988, "type": "txt2img", "sampler": "k_lms"},
}  # fmt: skip

FOOOCUS = {
    "base_model": "juggernautXL_v8Rundiffusion", "full_prompt": ["a cat", "cinematic still"], "guidance_scale": 4.0,
    "loras": [["sd_xl_offset_example-lora_1.0", 0.1, "4852686128"]], "metadata_scheme": "fooocus",
    "negative_prompt": "dogs", "performance": "Speed", "prompt": "a (fluffy:1.3) cat", "resolution": "(896, 1152)",
    "sampler": "dpmpp_2m_sde_gpu", "scheduler": "karras", "seed": "2463746346", "sharpness": 2.0, "steps": 30,
    "styles": "['Fooocus V2']", "vae": "Default (model)", "version": "Fooocus v2.5.5",
}  # fmt: skip

SWARMUI = {
    "sui_image_params": {
        "prompt": "a (blue:1.4) boat<break>calm sea <lora:waves:0.6> <segment:face> a happy face",
        "negativeprompt": "people", "model": "OfficialStableDiffusion/sd_xl_base_1.0", "seed": 305223794, "steps": 25,
        "cfgscale": 7.0, "width": 1024, "height": 768, "sampler": "euler", "scheduler": "normal",
        "loras": ["ink"], "loraweights": ["0.5"], "swarm_version": "0.9.6.0",
    },
    "sui_extra_data": {"date": "2025-01-25"},
}  # fmt: skip


def read(**texts: object) -> PictureMetadata:
    found = read_other({k: v if isinstance(v, str) else json.dumps(v) for k, v in texts.items()})
    assert found
    return found


def test_a1111_with_all_that_its_users_write() -> None:
    found = read(parameters=A1111)
    assert found.software == "AUTOMATIC1111"
    assert found.prompt == ("masterpiece, best quality, a red (shiny) ball,\nin a meadow, golden hour, smile :)")
    assert found.negative_prompt == "worst quality, lowres,\npeople, text: none"
    assert (found.seed, found.steps, found.guidance_scale) == (3735928559, 28, 6.5)
    assert (found.sampler, found.size, found.model) == ("DPM++ 2M", (512, 768), "dreamshaper_8")
    assert found.loras == (Lora("detail_tweaker", 0.8),)
    assert set(found.notes) == {WEIGHTS_DROPPED, BREAK_DROPPED}
    assert found.lora_words == "detail_tweaker (0.8)"
    assert found.settings["ADetailer prompt"] == 'a face, smiling: "yes"'
    assert found.settings["Hires upscaler"] == "Latent"
    assert found.settings["Civitai resources"].endswith('"A, B"}]')
    assert found.settings["Version"] == "v1.10.1"


@pytest.mark.parametrize(
    ("version", "software"),
    [("f2.0.1v1.10.1-previous-224", "Forge"), ("Fooocus v2.5.5", "Fooocus"), ("ComfyUI", "ComfyUI")],
)
def test_the_descendants_of_a1111_are_told_apart(version: str, software: str) -> None:
    assert read_a1111(f"a ball\nSteps: 20, Seed: 1, Version: {version}").software == software


def test_a1111_text_without_settings_is_all_prompt() -> None:
    found = read_a1111("a ball, style: baroque, mood: calm\nNegative prompt: people")
    assert (found.prompt, found.negative_prompt, found.seed) == ("a ball, style: baroque, mood: calm", "people", None)


def test_comfyui_is_followed_through_the_nodes_between_to_the_first_sampler() -> None:
    found = read(prompt=COMFYUI, workflow={"nodes": []})
    assert found.software == "ComfyUI"
    assert found.prompt == "a red ball, in a meadow, evening light"
    assert found.negative_prompt == "text, watermark"
    assert (found.seed, found.steps, found.guidance_scale) == (156680208700286, 20, 8.0)
    assert (found.sampler, found.size, found.model) == ("euler", (512, 768), "v1-5-pruned-emaonly")
    assert found.loras == (Lora("ink", 0.7),)
    assert found.notes == (WEIGHTS_DROPPED,)


def test_comfyui_custom_samplers_and_flux() -> None:
    found = read(prompt=FLUX)
    assert (found.prompt, found.negative_prompt) == ("a fox, a fox in the snow", "")
    assert (found.seed, found.steps, found.guidance_scale, found.sampler) == (4242, 24, 3.5, "euler")
    assert (found.size, found.model, found.settings) == ((1024, 1024), "flux1-dev", {"scheduler": "simple"})


def test_comfyui_sdxl_encoders_and_a_seed_from_another_node() -> None:
    found = read(prompt=SDXL)
    assert (found.prompt, found.negative_prompt, found.seed) == ("a castle", "people, blurry", 77)
    assert found.size == (1216, 832)


def test_comfyui_workflow_alone() -> None:
    found = read(workflow=WORKFLOW)
    assert (found.prompt, found.negative_prompt, found.seed, found.steps) == ("a boat", "fog", 42, 20)
    assert (found.size, found.model) == ((512, 512), "v1-5")


def test_invokeai_of_today() -> None:
    found = read(invokeai_metadata=INVOKEAI)
    assert (found.software, found.prompt) == ("InvokeAI", "a lighthouse in a storm, waves, oil painting")
    assert (found.negative_prompt, found.seed, found.steps, found.guidance_scale) == ("", 3162204321, 30, 5.5)
    assert (found.sampler, found.size, found.model) == ("dpmpp_2m_k", (832, 1216), "juggernaut_xl")
    assert found.loras == (Lora("pixel_art", 0.75),)
    assert found.notes == (WEIGHTS_DROPPED,)


def test_invokeai_of_old() -> None:
    found = read(**{"sd-metadata": INVOKEAI_2})
    assert (found.prompt, found.negative_prompt, found.seed) == ("a lonely robot", "blurry, text", 1618033988)
    assert (found.model, found.size) == ("stable-diffusion-1.5", (640, 512))
    found = read(Dream='"a lonely robot [blurry]" -s 50 -S 1618033988 -W 640 -H 512 -C 7.5 -A k_lms')
    assert (found.prompt, found.negative_prompt, found.seed) == ("a lonely robot", "blurry", 1618033988)
    assert (found.steps, found.size, found.guidance_scale, found.sampler) == (50, (640, 512), 7.5, "k_lms")


def test_fooocus() -> None:
    found = read(parameters=FOOOCUS, fooocus_scheme="fooocus")
    assert (found.software, found.prompt, found.negative_prompt) == ("Fooocus", "a fluffy cat", "dogs")
    assert (found.seed, found.steps, found.guidance_scale, found.size) == (2463746346, 30, 4.0, (896, 1152))
    assert found.model == "juggernautXL_v8Rundiffusion"
    assert found.loras == (Lora("sd_xl_offset_example-lora_1.0", 0.1),)
    assert found.settings["styles"] == "['Fooocus V2']"


def test_swarmui() -> None:
    found = read(parameters=SWARMUI)
    assert (found.software, found.prompt, found.negative_prompt) == ("SwarmUI", "a blue boat, calm sea", "people")
    assert (found.seed, found.steps, found.size) == (305223794, 25, (1024, 768))
    assert found.model == "sd_xl_base_1.0"
    assert found.loras == (Lora("waves", 0.6), Lora("ink", 0.5))
    assert {SECTIONS_DROPPED, BREAK_DROPPED, WEIGHTS_DROPPED} <= set(found.notes)


@pytest.mark.parametrize(
    ("text", "dialect", "words", "note"),
    [
        ("a [cat:dog:0.5] in [rain|snow]", Dialect.A1111, "a dog in snow", EDITING_DROPPED),
        ("a cat [on a sofa:8]", Dialect.A1111, "a cat on a sofa", EDITING_DROPPED),
        ("((a:1.1) b", Dialect.A1111, "a b", WEIGHTS_DROPPED),
        ("a) b]", Dialect.A1111, "a) b]", None),
        ("[wide] (tall)", Dialect.COMFYUI, "[wide] tall", WEIGHTS_DROPPED),
        ("a well-known cat", Dialect.COMPEL, "a well-known cat", None),
        ("<b>bold</b>", Dialect.A1111, "<b>bold</b>", None),
        ("12:30 at night", Dialect.A1111, "12:30 at night", None),
    ],
)
def test_emphasis_becomes_plain_words(text: str, dialect: Dialect, words: str, note: str | None) -> None:
    found = plain_words(text, dialect)
    assert (found.text, found.notes) == (words, (note,) if note else ())


# --- in the places where those tools put it ---------------------------------------------------------------------------


def _exif(tag: int, value: object, in_folder: bool) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0131] = "a tool"  # without any tag beside the folder, Pillow writes nothing into a PNG
    if in_folder:
        exif.get_ifd(0x8769)[tag] = value
    else:
        exif[tag] = value
    return exif


@pytest.mark.parametrize("ending", ["jpg", "webp", "png"])
@pytest.mark.parametrize("order", ["utf-16-be", "utf-16-le"])
def test_a1111_in_the_user_comment(tmp_path: Path, ending: str, order: str) -> None:
    file = tmp_path / f"x.{ending}"
    comment = b"UNICODE\0" + A1111.encode(order)
    Image.new("RGB", (8, 8)).save(file, exif=_exif(0x9286, comment, True))
    found = show_metadata(file)
    assert (found.software, found.seed) == ("AUTOMATIC1111", 3735928559)


def test_swarmui_and_fooocus_and_comfyui_in_exif(tmp_path: Path) -> None:
    picture = Image.new("RGB", (8, 8))
    picture.save(tmp_path / "s.jpg", exif=_exif(0x9286, b"ASCII\0\0\0" + json.dumps(SWARMUI).encode(), True))
    assert show_metadata(tmp_path / "s.jpg").software == "SwarmUI"
    exif = _exif(0x9286, json.dumps(FOOOCUS), False)
    exif[0x927C], exif[0x0131] = "fooocus", "Fooocus v2.5.5"
    for name in ("f.jpg", "f.webp"):
        picture.save(tmp_path / name, exif=exif)
        assert show_metadata(tmp_path / name).model == "juggernautXL_v8Rundiffusion"
    exif = _exif(0x0110, f"prompt:{json.dumps(COMFYUI)}", False)
    exif[0x010F] = f"workflow:{json.dumps(WORKFLOW)}"
    picture.save(tmp_path / "c.webp", exif=exif)
    assert show_metadata(tmp_path / "c.webp").seed == 156680208700286


def test_every_kind_of_png_text_is_read(tmp_path: Path) -> None:
    for add in ("text", "itxt", "zip"):
        texts = PngImagePlugin.PngInfo()
        (texts.add_itxt if add == "itxt" else texts.add_text)("parameters", A1111, zip=add == "zip")
        Image.new("RGB", (8, 8)).save(tmp_path / "x.png", pnginfo=texts)
        assert show_metadata(tmp_path / "x.png").seed == 3735928559


# --- what strangers may write -------------------------------------------------------------------------------------------


def _cyclic() -> dict[str, Any]:
    return {
        "1": {"class_type": "KSampler", "inputs": {"sampler_name": "euler", "seed": ["1", 0], "positive": ["2", 0],
              "negative": ["2", 0], "latent_image": ["1", 0], "model": ["3", 0]}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": ["3", 0]}},
        "3": {"class_type": "Loop", "inputs": {"text": ["2", 0], "model": ["3", 0]}},
    }  # fmt: skip


def _deep(nodes: int) -> dict[str, Any]:
    graph = _cyclic() | {str(n): {"class_type": "N", "inputs": {"text": [str(n + 1), 0]}} for n in range(3, nodes)}
    return graph | {str(nodes): {"class_type": "N", "inputs": {"text": "the end"}}}


@pytest.mark.parametrize(
    "texts",
    [
        {"prompt": json.dumps(_cyclic())},
        {"prompt": json.dumps(_deep(4000))},
        {"prompt": json.dumps(_deep(60_000))},
        {"prompt": json.dumps({"1": {"class_type": [], "inputs": {"seed": {"a": [1, 2]}}}})},
        {"prompt": "[" * 1_000_000},
        {"parameters": '{"a":' * 500_000},
        {"parameters": '{"sui_image_params": {"prompt": {"a": 1}, "seed": 1e999, "steps": -3, "loras": [[1]]}}'},
        {"parameters": '{"base_model": 3, "loras": [["a"], [1, 2, 3], "x"], "resolution": "(1e9, 2)"}'},
        {"parameters": '{"seed": ' + "9" * 100_000 + "}"},
        {"parameters": "(" * 1_000_000},
        {"parameters": "[[a:" * 300_000},
        {"parameters": "<lora:" * 300_000},
        {"parameters": "a\nSteps: " + '"' * 300_000},
        {"parameters": "a\nSteps: 20, Seed: 1, " + '"a: [' * 100_000},
        {"parameters": "BREAK" + " ," * 500_000 + "BREAK"},
        {"parameters": "\n" * 1_000_000 + "Steps"},
        {"Dream": '"' + "[" * 500_000 + '" -s 1'},
        {"invokeai_metadata": "null"},
        {"invokeai_metadata": '{"loras": 7, "model": [], "positive_prompt": 3, "seed": true}'},
        {"sd-metadata": '{"image": []}'},
        {"workflow": '{"nodes": [null, {"id": {}, "inputs": [3], "widgets_values": 4}], "links": [[], [1,2,3,4]]}'},
    ],
)  # fmt: skip
def test_hostile_texts_are_read_or_left_alone_quickly(texts: dict[str, str]) -> None:
    begin = time.process_time()
    found = read_other(texts)
    assert time.process_time() - begin < 2
    assert found
    assert found.to_json()
    assert len(found.prompt) <= 20_000
    assert found.seed in (None, 1)


def test_markup_and_control_characters_stay_plain_text() -> None:
    found = read(parameters="<img src=x onerror=y>\x1b]0;title\x07 \u202egnp.exe\x00 {{7*7}} `ls`\nSteps: 1, Seed: 2")
    assert found.prompt == "<img src=x onerror=y>]0;title gnp.exe {{7*7}} `ls`"


def test_ten_megabytes_of_metadata_are_refused_in_one_line(tmp_path: Path) -> None:
    for is_compressed in (False, True):
        texts = PngImagePlugin.PngInfo()
        texts.add_text("parameters", "a" * 10_000_000, zip=is_compressed)
        Image.new("RGB", (8, 8)).save(tmp_path / "x.png", pnginfo=texts)
        begin = time.process_time()
        with pytest.raises(SfumatoError, match="carries more text") as error:
            show_metadata(tmp_path / "x.png")
        assert time.process_time() - begin < 1
        assert "\n" not in str(error.value)
