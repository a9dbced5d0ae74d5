"""From the compiled texts to a pipeline's arguments, as each family reads them, with what was read lately kept.

A new seed needs no text encoder. What a family does not read is named in a note. Lives in an engine process.
"""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import torch
from jinja2 import TemplateError

from sfumato.errors import SfumatoError
from sfumato_models.families import Encoding, Family
from sfumato_models.text_encoding import ClipText, left_out_note
from sfumato_models.token_count import MARKS

TEXTS_KEPT = 16
_TEMPLATE_TROUBLE = (
    TemplateError, ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadPrompt:
    """Arguments for the pipeline's call, and what the person should know of how the texts were read."""

    arguments: dict[str, Any]
    notes: tuple[str, ...] = ()


class PromptReader(Protocol):
    """Reads the two texts of a prompt."""

    def read(self, positive: str, negative: str | None) -> ReadPrompt:
        """`negative` is None when the model runs without guidance."""
        ...


def prompt_reader(pipe: Any, family: Family, long_prompts: Literal["chunked", "cut"]) -> PromptReader:
    """The reader of a loaded pipeline."""
    match family.texts:
        case "clip":
            return ClipReader(ClipText(pipe.tokenizer, pipe.text_encoder, long_prompts))
        case "clip pair":
            return ClipPairReader(pipe, long_prompts)
        case "picture":
            return PlainReader()
    if family.encoding is None:
        raise ValueError(f"{family.title} says nothing of how it encodes texts")
    return EncodingReader(pipe, family.encoding)


class ClipReader:
    """Stable Diffusion 1.5 and 2."""

    def __init__(self, text: ClipText) -> None:
        self._text = text

    def read(self, positive: str, negative: str | None) -> ReadPrompt:
        """As `PromptReader.read`."""
        words = self._text.encode(positive, negative)
        arguments = {"prompt_embeds": words.positive.embeddings}
        if words.negative is not None:
            arguments["negative_prompt_embeds"] = words.negative.embeddings
        return ReadPrompt(arguments, words.notes)


class ClipPairReader:
    """Stable Diffusion XL: two encoders side by side, the second one also sums the text up (Podell et al. 2023)."""

    def __init__(self, pipe: Any, long_prompts: Literal["chunked", "cut"]) -> None:
        self._first = ClipText(pipe.tokenizer, pipe.text_encoder, long_prompts, "penultimate")
        self._second = ClipText(pipe.tokenizer_2, pipe.text_encoder_2, long_prompts, "penultimate")
        self._is_zero_when_empty = bool(pipe.config.force_zeros_for_empty_prompt)

    def read(self, positive: str, negative: str | None) -> ReadPrompt:
        """As `PromptReader.read`."""
        first, second = self._first.encode(positive, negative), self._second.encode(positive, negative)
        arguments = {
            "prompt_embeds": torch.cat([first.positive.embeddings, second.positive.embeddings], dim=-1),
            "pooled_prompt_embeds": second.positive.pooled,
        }
        if first.negative is not None and second.negative is not None and second.negative.pooled is not None:
            both = torch.cat([first.negative.embeddings, second.negative.embeddings], dim=-1)
            pooled = second.negative.pooled
            if not negative and self._is_zero_when_empty:  # as it was trained
                both, pooled = torch.zeros_like(both), torch.zeros_like(pooled)
            arguments |= {"negative_prompt_embeds": both, "negative_pooled_prompt_embeds": pooled}
        return ReadPrompt(arguments, first.notes)


class EncodingReader:
    """Families whose pipeline encodes a text by itself."""

    def __init__(self, pipe: Any, encoding: Encoding) -> None:
        self._pipe = pipe
        self._encoding = encoding
        named = getattr(pipe, encoding.tokenizer)  # T5 can be missing; then CLIP reads alone
        self._tokenizer = named if named is not None else pipe.tokenizer
        self._room = (
            encoding.text_limit - encoding.frame if named is not None else pipe.tokenizer.model_max_length - MARKS
        )
        self._encoded: OrderedDict[str, tuple[Any, ...]] = OrderedDict()

    def read(self, positive: str, negative: str | None) -> ReadPrompt:
        """As `PromptReader.read`."""
        arguments, notes = self._arguments("", "prompt", positive)
        if negative is not None:
            more, more_notes = self._arguments("negative_", "negative prompt", negative or self._encoding.empty)
            arguments, notes = arguments | more, notes + more_notes
        return ReadPrompt(arguments, tuple(notes))

    def _arguments(self, prefix: str, name: str, text: str) -> tuple[dict[str, Any], list[str]]:
        read, left_out = self._fitting(text)
        values = zip(self._encoding.names, self._encode(read), strict=False)
        return (
            {prefix + argument: value for argument, value in values if argument and value is not None},
            [left_out_note(name, left_out)] if left_out else [],
        )

    def _fitting(self, text: str) -> tuple[str, str]:
        """The beginning of a text that the family reads, and the rest."""
        tokens = self._tokenizer(text, add_special_tokens=False, truncation=False, verbose=False).input_ids
        if len(tokens) <= self._room:
            return text, ""
        return self._tokenizer.decode(tokens[: self._room]), self._tokenizer.decode(tokens[self._room :])

    def _encode(self, text: str) -> tuple[Any, ...]:
        if text in self._encoded:
            self._encoded.move_to_end(text)
            return self._encoded[text]
        with torch.inference_mode(), _strangers_template(self._tokenizer):
            encoded = self._pipe.encode_prompt(text, device=self._pipe._execution_device, **self._encoding.call)
        values = encoded if isinstance(encoded, tuple) else (encoded,)
        self._encoded[text] = values
        if len(self._encoded) > TEXTS_KEPT:
            self._encoded.popitem(last=False)
        return values


@contextmanager
def _strangers_template(tokenizer: Any) -> Iterator[None]:
    """A chat template is a stranger's program, filled in within a sandbox: whatever goes wrong in it becomes a sentence."""
    usual = tokenizer.apply_chat_template

    @functools.wraps(usual)
    def told(*args: Any, **named: Any) -> Any:
        try:
            return usual(*args, **named)
        except _TEMPLATE_TROUBLE as error:
            raise SfumatoError(
                "The way this model marks its texts cannot be used.", "Get it again, or another model.", repr(error)
            ) from error

    tokenizer.apply_chat_template = told
    try:
        yield
    finally:
        del tokenizer.apply_chat_template


class PlainReader:
    """Families that read the words together with the picture: the pipeline is given the words."""

    def read(self, positive: str, negative: str | None) -> ReadPrompt:
        """As `PromptReader.read`."""
        return ReadPrompt({"prompt": positive} | ({} if negative is None else {"negative_prompt": negative or " "}))
