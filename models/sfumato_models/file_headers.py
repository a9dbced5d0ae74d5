"""What model files say of themselves in their headers: safetensors and GGUF, read no further than that.

A header is a stranger's data: every length is checked against the file before it is believed. Standard library only.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from sfumato.errors import SfumatoError

MAX_HEADER_BYTES = 100 * 2**20
MAX_TENSORS = 100_000
MAX_TEXT_BYTES = 2**20
MAX_VALUES = 10_000
GGUF_MAGIC = b"GGUF"
MODELS = (".safetensors", ".gguf")
PICKLES = frozenset({".ckpt", ".pt", ".pth", ".bin", ".pkl", ".pickle"})
_SAFETENSORS_BITS = {
    "F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16, "I16": 16, "U16": 16,
    "F8_E4M3": 8, "F8_E5M2": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "F8_E8M0": 8, "I8": 8, "U8": 8, "BOOL": 8,
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
}  # fmt: skip
UNREAD_SCALES = (".weight_scale", ".comfy_quant", ".absmax", ".SCB")  # the last two are of bitsandbytes
_SCALES = ("scaled_fp8", ".scale_weight", *UNREAD_SCALES)
# GGUF value types: struct code of the fixed ones; 8 is a text, 9 an array
_GGUF_FIXED = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
# GGUF tensor types: values in a block, bytes of a block (ggml.c, `type_traits`)
_GGUF_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36), 10: (256, 84),
    11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66), 17: (256, 74),
    18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2),
    26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17),
}  # fmt: skip


_GGUF_READ = frozenset({0, 1, 2, 3, 6, 7, 8, 10, 11, 12, 13, 14, 20, 23, 30})  # of these, what diffusers computes with
READ_NUMBERS = "F32, F16, BF16, Q8_0, Q2_K to Q6_K, Q4_0 to Q5_1, IQ4_NL or IQ4_XS"


@dataclass(frozen=True, slots=True)
class FileHeader:
    """A whole file's header: `shapes` of the tensors by name, what the file says besides, and `parameters` in all.

    `numbers` are the types of a GGUF file's tensors, as ggml counts them.
    """

    kind: str
    shapes: Mapping[str, tuple[int, ...]]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    size_bytes: int = 0
    numbers: frozenset[int] = frozenset()

    @property
    def parameters(self) -> int:
        """Numbers in all tensors together."""
        return sum(math.prod(shape) for shape in self.shapes.values())

    @property
    def has_scales(self) -> bool:
        """True where numbers of few bits are stored beside scales of their own, as ComfyUI and bitsandbytes store them."""
        return any(name.endswith(_SCALES) for name in self.shapes)

    def refuse_unread_numbers(self, file: Path) -> None:
        """Raises SfumatoError if a GGUF file for a painter has numbers that it cannot compute with, saying which it can."""
        if self.numbers - _GGUF_READ:
            raise SfumatoError(
                f"{file.name} holds its numbers in a quantisation that cannot be painted with.",
                f"Get it in {READ_NUMBERS}.",
            )


def read_header(file: Path, quick: bool = False) -> FileHeader:
    """Read the header of a safetensors or GGUF file.

    With `quick` a GGUF file is read only up to its vocabulary: what it is, but neither its tensors nor whether it is whole.

    Raises:
        SfumatoError: naming the file, if it is missing, cut short, damaged, of another kind, or a pickle (never opened).
    """
    refuse_pickle(file)
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            if stream.read(4) == GGUF_MAGIC:
                return _Gguf(stream, size, file).header(quick)
            stream.seek(0)
            return _safetensors(stream, size, file)
    except OSError as error:
        raise broken(file, "is missing or cannot be read", repr(error)) from error


def read_values(file: Path, name: str) -> tuple[float, ...]:
    """The numbers of one small tensor of a safetensors file whose header has been read; empty if there is none such.

    Raises:
        SfumatoError: naming the file, if it cannot be read.
    """
    try:
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            entry = json.loads(stream.read(length)).get(name, {"dtype": "", "shape": []})
            code, count = {"F32": "f", "F16": "e", "BF16": "H"}.get(entry["dtype"]), math.prod(entry["shape"])
            if not code or count > MAX_VALUES:
                return ()
            stream.seek(8 + length + entry["data_offsets"][0])
            values = struct.unpack(f"<{count}{code}", stream.read(struct.calcsize(f"<{count}{code}")))
    except (OSError, ValueError, KeyError, TypeError, struct.error) as error:
        raise broken(file, "is missing or damaged", repr(error)) from error
    if code == "H":  # the upper half of a 32-bit number
        return struct.unpack(f"<{count}f", struct.pack(f"<{count}I", *(value << 16 for value in values)))
    return values


def refuse_pickle(file: Path) -> None:
    """Raises SfumatoError for a file that would run a stranger's code when it is loaded; it is not opened."""
    if file.suffix.lower() in PICKLES:
        raise SfumatoError(
            f"{file.name} is a pickle: such a file can run any program when it is opened, so Sfumato never opens one.",
            "Get the same model as .safetensors; most model pages offer it beside the old file.",
        )


def broken(file: Path, what: str, detail: str = "") -> SfumatoError:
    """The error for a model file that cannot be used."""
    return SfumatoError(f"The model file {file.parent.name}/{file.name} {what}.", "Install this model again.", detail)


def _safetensors(stream: BinaryIO, size: int, file: Path) -> FileHeader:
    """Length, JSON, bytes; the header's own figures must add up to the file's size."""
    try:
        (length,) = struct.unpack("<Q", stream.read(8))
        if length > min(size - 8, MAX_HEADER_BYTES):
            raise broken(file, "is cut short or damaged", f"header of {length} bytes in a file of {size}")
        header = json.loads(stream.read(length))
        metadata = header.pop("__metadata__", {})
        shapes, end = {}, 0
        for name, entry in header.items():
            shapes[name] = tuple(int(side) for side in entry["shape"])
            begins, ends = entry["data_offsets"]
            bits = _SAFETENSORS_BITS[entry["dtype"]]
            if min(shapes[name], default=1) < 0 or ends - begins != -(-math.prod(shapes[name]) * bits // 8):
                raise broken(file, "is damaged", f"{name} does not fit into its bytes")
            end = max(end, ends)
    except struct.error as error:
        raise broken(file, "is cut short", f"{size} bytes") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise broken(file, "is damaged, or no safetensors file", repr(error)) from error
    if 8 + length + end != size:
        raise broken(file, "is cut short" if 8 + length + end > size else "is damaged", f"{size} bytes")
    return FileHeader("safetensors", shapes, metadata if isinstance(metadata, dict) else {}, size)


class _Gguf:
    """Reads a GGUF header (ggml, docs/gguf.md), never beyond the file's end."""

    def __init__(self, stream: BinaryIO, size: int, file: Path) -> None:
        self._stream = stream
        self._size = size
        self._file = file

    def header(self, quick: bool) -> FileHeader:
        """Everything before the tensors' data; the data itself must be there to its last byte."""
        try:
            (version,) = self._numbers("<I")
            if version not in (2, 3):
                raise broken(self._file, "is a GGUF file of a version that is not known here", f"version {version}")
            tensors, entries = self._numbers("<QQ")
            if tensors > MAX_TENSORS or entries > MAX_TENSORS:
                raise broken(self._file, "is damaged", f"{tensors} tensors, {entries} entries")
            metadata: dict[str, Any] = {}
            for _ in range(entries):
                key = self._text()
                if quick and key.startswith("tokenizer.") and "general.architecture" in metadata:
                    return FileHeader("gguf", {}, metadata, self._size)
                metadata[key] = self._value(self._numbers("<I")[0])
            shapes, numbers, end = self._tensors(tensors)
        except (struct.error, EOFError, OverflowError) as error:
            raise broken(self._file, "is cut short", repr(error)) from error
        except (KeyError, UnicodeDecodeError) as error:
            raise broken(self._file, "is damaged", repr(error)) from error
        alignment = metadata.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 1 <= alignment <= 2**20:
            raise broken(self._file, "is damaged", f"alignment {alignment}")
        begin = -(-self._stream.tell() // alignment) * alignment
        if tensors and begin + end > self._size:
            raise broken(self._file, "is cut short", f"{begin + end} bytes are named, {self._size} are there")
        return FileHeader("gguf", shapes, metadata, self._size, frozenset(numbers))

    def _tensors(self, count: int) -> tuple[dict[str, tuple[int, ...]], set[int], int]:
        shapes: dict[str, tuple[int, ...]] = {}
        numbers: set[int] = set()
        end = 0
        for _ in range(count):
            name = self._text()
            (dimensions,) = self._numbers("<I")
            if dimensions > 8:
                raise broken(self._file, "is damaged", f"{name} has {dimensions} dimensions")
            sides = self._numbers(f"<{dimensions}Q")
            kind, offset = self._numbers("<IQ")
            values, size = _GGUF_BLOCKS[kind]
            numbers.add(kind)
            shapes[name] = tuple(reversed(sides))
            end = max(end, offset + -(-math.prod(sides) // values) * size)
        return shapes, numbers, end

    def _numbers(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(layout, self._bytes(struct.calcsize(layout)))

    def _bytes(self, count: int) -> bytes:
        if count > self._size - self._stream.tell():
            raise EOFError(f"{count} bytes wanted at {self._stream.tell()}")
        return self._stream.read(count)

    def _text(self) -> str:
        (length,) = self._numbers("<Q")
        if length > MAX_TEXT_BYTES:
            raise EOFError(f"a text of {length} bytes")
        return self._bytes(length).decode("utf-8", "replace")

    def _value(self, kind: int) -> Any:
        if kind == 8:
            return self._text()
        if kind != 9:
            return self._numbers("<" + _GGUF_FIXED[kind])[0]
        inner, count = self._numbers("<IQ")
        if inner == 9:
            raise broken(self._file, "is damaged", "an array of arrays")
        if inner != 8:  # long tables of numbers are passed over
            self._skip(struct.calcsize("<" + _GGUF_FIXED[inner]) * count)
            return count
        for _ in range(count):
            self._skip(self._numbers("<Q")[0])
        return count

    def _skip(self, count: int) -> None:
        if count > self._size - self._stream.tell():
            raise EOFError(f"{count} bytes to pass over at {self._stream.tell()}")
        self._stream.seek(count, 1)
