"""Parts of pipelines that transformers has, but cannot load from a folder as it loads others. Lives in an engine process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from transformers.models.qwen2.tokenization_qwen2 import Qwen2Tokenizer
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.models.qwen2_vl.processing_qwen2_vl import Qwen2VLProcessor
from transformers.models.t5gemma.configuration_t5gemma import T5GemmaConfig, T5GemmaModuleConfig
from transformers.models.t5gemma.modeling_t5gemma import T5GemmaEncoder
from transformers.processing_utils import ProcessorMixin


class StillsProcessor(Qwen2VLProcessor):  # type: ignore[misc]
    """Reads pictures and texts together; without transformers' own part for videos, which asks for torchvision."""

    def __init__(self, image_processor: Any = None, tokenizer: Any = None, chat_template: str | None = None) -> None:
        self.image_token = "<|image_pad|>"
        self.image_token_id = tokenizer.convert_tokens_to_ids(self.image_token)
        ProcessorMixin.__init__(self, image_processor, tokenizer, chat_template=chat_template)


def load_stills_processor(folder: Path, tokenizer: Any = None) -> StillsProcessor:
    """The processor of a pipeline folder, with its own tokenizer or another. Raises OSError or ValueError as transformers does."""
    images = Qwen2VLImageProcessorPil.from_pretrained(folder / "processor", local_files_only=True)
    words = tokenizer or Qwen2Tokenizer.from_pretrained(folder / "tokenizer", local_files_only=True)
    return StillsProcessor(images, words)


def load_t5_gemma_encoder(folder: Path, **options: Any) -> T5GemmaEncoder:
    """The first half of a T5Gemma; its configuration can be that of the half or of the whole. Raises as transformers does."""
    is_whole = "encoder" in json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config = (T5GemmaConfig if is_whole else T5GemmaModuleConfig).from_pretrained(folder, local_files_only=True)
    whole = config if is_whole else T5GemmaConfig(encoder=config)  # hands its settings on to its half
    return T5GemmaEncoder.from_pretrained(folder, config=whole.encoder, **options)
