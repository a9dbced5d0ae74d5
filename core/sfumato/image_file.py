"""Picture files: PNG with the recipe inside and the mark of a generated picture; reading pictures, ours or a stranger's.

A file from outside is data: its size is looked at before it is decoded, its texts are bounded and returned as plain text.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, PngImagePlugin

from sfumato.a1111_text import a1111_text
from sfumato.engine import Pixels
from sfumato.errors import SfumatoError
from sfumato.other_metadata import PictureMetadata, metadata_of_recipe, read_other
from sfumato.paths import file_trouble, put_new_file
from sfumato.recipe import Recipe, Route
from sfumato.recipe_file import is_recipe_file, read_recipe_file, recipe_from_text, recipe_text

RECIPE_KEY = "sfumato"
MAX_FILE_BYTES = 256 * 2**20
MAX_PIXELS = 64_000_000
MAX_SIDE = 16_384
MAX_TEXT_CHARACTERS = 4_000_000
COMPRESS_LEVEL = 4  # 1024x1024: 1.43 MB in 0.25 s; level 3 is 1.62 MB, level 6 takes 0.39 s and saves nothing
GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"

_FORMATS = ("PNG", "JPEG", "WEBP")
_EXIF_FOLDER = 0x8769
_EXIF_USER_COMMENT = 0x9286
_EXIF_MAKER_NOTE = 0x927C
_EXIF_CAMERA = (0x0110, 0x010F, 0x010E, 0x010D, 0x010C)  # where ComfyUI puts its texts: model, make and below
_XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 Iptc4xmpExt:DigitalSourceType="{GENERATED}"/>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
# Pillow's own limit is 179 million pixels, and it only warns from half of that: here it refuses above ours, without a word.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
# What Pillow raises for bytes that are not the picture they claim to be.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)


def encode_png(pixels: Pixels, recipe: Recipe, app_version: str = "") -> bytes:
    """The picture as a PNG file: equal pixels, recipe and version give equal bytes.

    An attached picture was not painted here: it gets no text that says so, and the mark of a generated picture only if
    another tool painted it.
    """
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt(RECIPE_KEY, recipe_text(recipe, app_version))
    if recipe.route is not Route.ATTACHED:
        texts.add_text("parameters", _encodable(a1111_text(recipe, app_version)))
        texts.add_text("Software", f"Sfumato {app_version}".strip())
    if recipe.route is not Route.ATTACHED or recipe.fingerprint:
        texts.add_itxt("XML:com.adobe.xmp", _XMP)
    file = io.BytesIO()
    _to_image(pixels).save(file, "PNG", pnginfo=texts, compress_level=COMPRESS_LEVEL)
    return file.getvalue()


def write_png(path: Path, pixels: Pixels, recipe: Recipe, app_version: str = "") -> None:
    """Write the picture to a new file; after a crash it is whole or absent.

    Raises:
        FileExistsError: if the file is there; nothing is overwritten.
        SfumatoError: if it cannot be written, such as on a full disk.
    """
    data = encode_png(pixels, recipe, app_version)
    try:
        put_new_file(path, data)
    except FileExistsError:
        raise
    except OSError as error:
        raise file_trouble(path, error) from error


def read_recipe(path: Path) -> Recipe:
    """The recipe inside one of our pictures, whose pixels are not decoded, or in a file of its own.

    Raises:
        SfumatoError: if the file is neither, or its recipe is missing, damaged or of a newer Sfumato.
    """
    if is_recipe_file(path):
        return read_recipe_file(path).recipe
    text = _header_texts(path).get(RECIPE_KEY)
    if text is None:
        raise SfumatoError(f"There is no Sfumato recipe in {path.name}.", "Only pictures made by Sfumato carry one.")
    return recipe_from_text(text)


def read_rgb(path: Path) -> tuple[int, int, bytes]:
    """Width and height in pixels, and `width * height * 3` RGB bytes, turned upright and without transparency.

    Raises:
        SfumatoError: if the file is no whole picture, or too big.
    """
    image = _decode(path)
    return image.width, image.height, image.tobytes()


def load_pixels(path: Path) -> Pixels:
    """The picture as the app moves it around. Raises SfumatoError as `read_rgb` does."""
    return _to_pixels(_decode(path))


def load_within(path: Path, max_side: int) -> tuple[Pixels, tuple[int, int]]:
    """The picture, scaled down if a side is longer than `max_side`, and its size (width, height) before that.

    Raises:
        SfumatoError: as `read_rgb` does.
    """
    with _open(path) as image:
        width, height = image.size
    upright = _to_pixels(_decode(path, max_side))
    was_turned = (upright.width > upright.height) != (width > height)
    return scale_within(upright, max_side), ((height, width) if was_turned else (width, height))


def scale_within(pixels: Pixels, max_side: int) -> Pixels:
    """The picture with its longer side at most `max_side`, in its proportions."""
    if max(pixels.width, pixels.height) <= max_side:
        return pixels
    image = _to_image(pixels)
    image.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    return _to_pixels(image)


def pixels_to_rgb(pixels: Pixels) -> bytes:
    """`width * height * 3` RGB bytes, row by row: what `sha256_rgb` is taken over."""
    rgb: bytes = _to_image(pixels).tobytes()
    return rgb


def rgb_to_pixels(width: int, height: int, rgb: bytes) -> Pixels:
    """Pixels from `width * height * 3` RGB bytes. Raises ValueError if there are more or fewer."""
    if len(rgb) != width * height * 3:
        raise ValueError(f"{len(rgb)} bytes are not {width}x{height} RGB pixels")
    return _to_pixels(Image.frombuffer("RGB", (width, height), rgb, "raw", "RGB", 0, 1))


def show_metadata(path: Path) -> PictureMetadata:
    """What a picture, or a recipe file, says about how it was made, by us or by another tool; empty if it says nothing.

    Raises:
        SfumatoError: if the file is neither, too big, or says it in more than 4 million characters.
    """
    if is_recipe_file(path):
        return read_recipe_file(path).metadata
    texts = _header_texts(path)
    if RECIPE_KEY in texts:
        return metadata_of_recipe(recipe_from_text(texts[RECIPE_KEY]), texts[RECIPE_KEY])
    return read_other(texts) or read_other(_all_texts(path)) or PictureMetadata()


def is_whole_png(path: Path) -> bool:
    """True when the file begins and ends as a PNG does; nothing in between is looked at."""
    try:
        with path.open("rb") as file:
            begins = file.read(8) == b"\x89PNG\r\n\x1a\n"
            file.seek(-12, io.SEEK_END)
            return begins and file.read() == b"\0\0\0\0IEND\xaeB`\x82"
    except OSError:
        return False


def _open(path: Path) -> Image.Image:
    """A picture file opened but not decoded, of a size that is safe to decode."""
    try:
        if path.exists() and not path.is_file():  # a folder; or a pipe, which would be waited for without end
            raise _no_picture(path, None)
        if path.is_file() and path.stat().st_size > MAX_FILE_BYTES:
            raise _too_big(path, f"{path.stat().st_size} bytes")
        image = Image.open(path, formats=_FORMATS)
    except FileNotFoundError as error:
        raise SfumatoError(
            f"There is no file {path}.", "It was moved or removed: choose another one.", repr(error)
        ) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_big(path, str(error)) from error
    except PermissionError as error:
        raise SfumatoError(f"Sfumato may not read {path}.", "Allow it, or choose another file.", repr(error)) from error
    except _BROKEN as error:
        if "text chunk" in str(error) or "Decompressed data too large" in str(error):
            raise _too_much_text(path) from error
        raise _no_picture(path, error) from error
    if image.width * image.height > MAX_PIXELS or max(image.size) > MAX_SIDE:
        image.close()
        raise _too_big(path, f"{image.width}x{image.height}")
    return image


def _decode(path: Path, enough: int | None = None) -> Image.Image:
    """The pixels, upright, on white where they are see-through; a JPEG not much larger than `enough`, if that is given."""
    with _open(path) as image:
        try:
            if enough is not None:
                image.draft("RGB", (enough, enough))
            upright = ImageOps.exif_transpose(image)
            return _opaque(upright)
        except MemoryError as error:
            raise SfumatoError(
                f"There is not enough memory to read {path.name}.", "Make the picture smaller.", repr(error)
            ) from error
        except _BROKEN as error:
            raise SfumatoError(
                f"{path.name} is damaged or cut off.", "Use another copy of this picture.", repr(error)
            ) from error


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I;16"):  # 16 bits of grey: Pillow would cut them off at 255
        return image.convert("I").point(lambda value: value / 257).convert("L").convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    white = Image.new("RGBA", layer.size, (255, 255, 255, 255))
    return Image.alpha_composite(white, layer).convert("RGB")


def _header_texts(path: Path) -> dict[str, str]:
    """The texts that stand before the pixels."""
    with _open(path) as image:
        return _bounded(path, image.info)


def _all_texts(path: Path) -> dict[str, str]:
    """All texts, also those after the pixels and, in a JPEG or WebP, the user comment."""
    with _open(path) as image:
        try:
            image.load()
            exif = _exif_texts(image)
        except _BROKEN as error:
            raise SfumatoError(f"{path.name} is damaged or cut off.", "Use another copy of it.", repr(error)) from error
        return _bounded(path, image.info | exif)


def _exif_texts(image: Image.Image) -> dict[str, str]:
    """Recipe texts in Exif, under the names they have in a PNG.

    The user comment stands in the Exif folder (AUTOMATIC1111, SwarmUI) or beside it (Fooocus, which names its scheme in
    the maker's note); ComfyUI writes `prompt:{...}` and `workflow:{...}` as the camera's model and make.
    """
    exif = image.getexif()
    folder = exif.get_ifd(_EXIF_FOLDER)
    found: dict[str, str] = {}
    for name, tag in (("parameters", _EXIF_USER_COMMENT), ("fooocus_scheme", _EXIF_MAKER_NOTE)):
        value = folder.get(tag) or exif.get(tag)
        if value:
            found[name] = _comment_text(value) if isinstance(value, bytes) else str(value)
    for tag in _EXIF_CAMERA:
        name, colon, text = str(exif.get(tag, "")).partition(":")
        if colon and name in ("prompt", "workflow"):
            found[name] = text
    return found


def _bounded(path: Path, info: dict[Any, Any]) -> dict[str, str]:
    texts = {str(key): str(value) for key, value in info.items() if isinstance(value, str)}
    if sum(map(len, texts.values())) > MAX_TEXT_CHARACTERS:
        raise _too_much_text(path)
    return texts


def _comment_text(comment: bytes) -> str:
    """An Exif user comment, whose first eight bytes name its character set."""
    kind, text = comment[:8], comment[8 : 8 + 2 * MAX_TEXT_CHARACTERS]
    if kind != b"UNICODE\0":
        has_kind = kind in (b"ASCII\0\0\0", b"JIS\0\0\0\0\0", bytes(8))
        return (text if has_kind else comment[: 2 * MAX_TEXT_CHARACTERS]).decode("utf-8", "replace")
    little = text[1:2] == b"\0" or text[:2] == b"\xff\xfe"
    return text.decode("utf-16-le" if little else "utf-16-be", "replace").removeprefix("\ufeff")


def _to_image(pixels: Pixels) -> Image.Image:
    if len(pixels.bgrx) != pixels.width * pixels.height * 4:
        raise ValueError(f"{len(pixels.bgrx)} bytes are not {pixels.width}x{pixels.height} BGRX pixels")
    return Image.frombuffer("RGB", (pixels.width, pixels.height), pixels.bgrx, "raw", "BGRX", 0, 1)


def _to_pixels(image: Image.Image) -> Pixels:
    """The fourth byte is 255, as QImage.Format_RGB32 wants it."""
    return Pixels(image.width, image.height, image.convert("RGBA").tobytes("raw", "BGRA"))


def _encodable(text: str) -> str:
    """Text without what a PNG cannot hold: half characters and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


def _no_picture(path: Path, error: BaseException | None) -> SfumatoError:
    return SfumatoError(
        f"{path.name} is not a picture that Sfumato can read.", "PNG, JPEG and WebP files can be read.", repr(error)
    )


def _too_big(path: Path, detail: str) -> SfumatoError:
    return SfumatoError(
        f"{path.name} is too big ({detail})." if detail[:1].isdigit() else f"{path.name} is too big.",
        f"Sfumato reads pictures of up to {MAX_PIXELS // 10**6} million pixels, {MAX_SIDE:,} on a side, "
        f"and {MAX_FILE_BYTES // 2**20} MB.",
        detail,
    )


def _too_much_text(path: Path) -> SfumatoError:
    return SfumatoError(
        f"{path.name} carries more text than Sfumato reads.",
        f"It reads up to {MAX_TEXT_CHARACTERS // 10**6} million characters; save the picture again without its texts.",
    )
