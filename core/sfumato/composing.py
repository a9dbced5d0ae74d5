"""The text around a request for plain sentences, for each way in which models are spoken to.

The request itself is data: a writer reads it without its special marks, whatever a person wrote in it.
"""

from __future__ import annotations

from sfumato.dialogue import Wrapping

COMPOSED_TOKENS = 220
_ENDS_OF_SENTENCES = (".", "!", "?", "…", "]", "”")

# (before the request, between the request and the answer)
_MARKS: dict[Wrapping, tuple[str, str]] = {
    "starter": ("", "answer:"),
    "chatml": ("<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"),
    "gemma": ("<start_of_turn>user\n", "<end_of_turn>\n<start_of_turn>model\n"),
    "llama3": (
        "<|start_header_id|>user<|end_header_id|>\n\n",
        "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
    ),
}


def request_marks(wrapping: Wrapping) -> tuple[str, str]:
    """What stands before and after a request, with special marks."""
    return _MARKS[wrapping]


def whole_sentences(text: str) -> str:
    """The text up to the end of its last whole sentence; empty if there is none."""
    end = max(text.rfind(mark) for mark in _ENDS_OF_SENTENCES)
    return text[: end + 1].strip()
