"""The writer's file in llama.cpp's format (GGUF), tokenizer included."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import gguf
import torch
from tokenizers import Tokenizer, models

from sfumato_training.writer_feed import END, PAD
from sfumato_training.writer_model import RMS_EPS, ROPE_BASE, Size, WriterModel, byte_level_tokenizer


def export_gguf(model: WriterModel, tokenizer: Tokenizer, file: Path, description: str) -> None:
    """Write the model with its tokenizer as GGUF: matrices in 8 bits (Q8_0), norms in 32."""
    size = model.size
    unfinished = file.with_suffix(".part")  # whoever has the old file open goes on reading it
    writer = gguf.GGUFWriter(str(unfinished), "llama")
    writer.add_name("Sfumato starter writer")
    writer.add_description(description)
    writer.add_license("Apache-2.0")
    writer.add_context_length(size.context)
    writer.add_embedding_length(size.width)
    writer.add_block_count(size.layers)
    writer.add_feed_forward_length(size.hidden)
    writer.add_head_count(size.heads)
    writer.add_head_count_kv(size.heads)
    writer.add_layer_norm_rms_eps(RMS_EPS)
    writer.add_rope_dimension_count(size.width // size.heads)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_vocab_size(size.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    _add_tokenizer(writer, tokenizer, size.vocabulary)
    for name, value in model.state_dict().items():
        array = value.float().cpu().numpy()
        if array.ndim == 2:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quants.quantize(array, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.replace(unfinished, file)


def read_gguf(file: Path) -> tuple[WriterModel, Tokenizer]:
    """The model and the tokenizer in a file of `export_gguf`, to go on from; its matrices were rounded to 8 bits.

    Raises:
        KeyError: if the file was not made by `export_gguf`.
    """
    reader = gguf.GGUFReader(str(file))

    def value(key: str) -> Any:
        return reader.fields[key].contents()

    size = Size(
        vocabulary=value("llama.vocab_size"),
        width=value("llama.embedding_length"),
        layers=value("llama.block_count"),
        heads=value("llama.attention.head_count"),
        hidden=value("llama.feed_forward_length"),
        context=value("llama.context_length"),
    )
    model = WriterModel(size)
    tensors = {tensor.name: gguf.quants.dequantize(tensor.data, tensor.tensor_type) for tensor in reader.tensors}
    model.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in tensors.items()})
    vocabulary = {token: number for number, token in enumerate(value("tokenizer.ggml.tokens"))}
    merges = [tuple(merge.split(" ")) for merge in value("tokenizer.ggml.merges")]
    return model, byte_level_tokenizer(models.BPE(vocabulary, merges))


def _add_tokenizer(writer: gguf.GGUFWriter, tokenizer: Tokenizer, vocabulary: int) -> None:
    model = json.loads(tokenizer.to_str())["model"]
    by_id = {number: token for token, number in tokenizer.get_vocab(with_added_tokens=True).items()}
    special = {PAD, END}
    tokens = [by_id.get(number, f"<|unused-{number}|>") for number in range(vocabulary)]
    kinds = [
        gguf.TokenType.CONTROL if token in special or number not in by_id else gguf.TokenType.NORMAL
        for number, token in enumerate(tokens)
    ]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]])
    writer.add_eos_token_id(tokenizer.token_to_id(END))
    writer.add_pad_token_id(tokenizer.token_to_id(PAD))
    writer.add_add_bos_token(False)
