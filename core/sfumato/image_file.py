"""Picture files: PNG with the recipe inside and the mark of a generated picture; reading pictures, ours or a stranger's.

A file from outside is data: its size is looked at before it is decoded, its texts are bounded and returned as plain text.
"""

from __future__ import annotations

import io
import json
import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, PngImagePlugin

from sfumato.engine import Pixels
from sfumato.errors import SfumatoError
from sfumato.other_metadata import PictureMetadata, a1111_text, read_other
from sfumato.paths import file_trouble, put_new_file
from sfumato.recipe import Recipe

RECIPE_KEY = "sfumato"
CHUNK_FORMAT = 1
MAX_PIXELS = 64_000_000
MAX_TEXT_CHARACTERS = 4_000_000
COMPRESS_LEVEL = 4  # 1024x1024: 1.43 MB in 0.25 s; level 3 is 1.62 MB, level 6 takes 0.39 s and saves nothing
GENERATED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"

_FORMATS = ("PNG", "JPEG", "WEBP")
_EXIF_FOLDER = 0x8769
_EXIF_USER_COMMENT = 0x9286
_XMP = f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 Iptc4xmpExt:DigitalSourceType="{GENERATED}"/>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
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
    """The picture as a PNG file: equal pixels, recipe and version give equal bytes."""
    texts = PngImagePlugin.PngInfo()
    ours = {"format": CHUNK_FORMAT, "app_version": app_version, "recipe": recipe.to_json()}
    texts.add_itxt(RECIPE_KEY, json.dumps(ours, ensure_ascii=True, separators=(",", ":")))
    texts.add_text("parameters", _encodable(a1111_text(recipe, app_version)))
    texts.add_text("Software", f"Sfumato {app_version}".strip())
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
    """The recipe inside one of our pictures; the pixels are not decoded.

    Raises:
        SfumatoError: if the file is no picture, or its recipe is missing, damaged or of a newer Sfumato.
    """
    text = _header_texts(path).get(RECIPE_KEY)
    if text is None:
        raise SfumatoError(f"There is no Sfumato recipe in {path.name}.", "Only pictures made by Sfumato carry one.")
    return _recipe_from_text(text)


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
    """What a picture says about how it was made, by us or by another tool; empty if it says nothing.

    Raises:
        SfumatoError: if the file is no picture, too big, or says it in more than 4 million characters.
    """
    texts = _header_texts(path)
    if RECIPE_KEY in texts:
        recipe = _recipe_from_text(texts[RECIPE_KEY])
        return PictureMetadata(
            tool="Sfumato",
            positive=recipe.compiled.positive,
            negative=recipe.compiled.negative,
            settings={**_shown(recipe.settings.to_json()), "seed": str(recipe.seed), "route": str(recipe.route)},
            raw=texts[RECIPE_KEY],
            recipe=recipe,
        )
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


def _recipe_from_text(text: str) -> Recipe:
    try:
        data = json.loads(text)
        newer = int(data["format"]) > CHUNK_FORMAT
        recipe = data["recipe"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SfumatoError("The recipe in this picture is damaged.", "", repr(error)) from error
    if newer:
        raise SfumatoError("This picture was made by a newer Sfumato.", "Update Sfumato to read its recipe.")
    return Recipe.from_json(recipe)


def _open(path: Path) -> Image.Image:
    """A picture file opened but not decoded, of a size that is safe to decode."""
    try:
        image = Image.open(path, formats=_FORMATS)
    except FileNotFoundError as error:
        raise SfumatoError(f"There is no file {path}.", "", repr(error)) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_big(path, str(error)) from error
    except PermissionError as error:
        raise SfumatoError(f"Sfumato may not read {path}.", "", repr(error)) from error
    except _BROKEN as error:
        raise _no_picture(path, error) from error
    if image.width * image.height > MAX_PIXELS:
        image.close()
        raise _too_big(path, f"{image.width}x{image.height}")
    return image


def _decode(path: Path) -> Image.Image:
    with _open(path) as image:
        try:
            upright = ImageOps.exif_transpose(image)
            return upright.convert("RGB")
        except _BROKEN as error:
            raise SfumatoError(
                f"{path.name} is damaged or cut off.", "Use another copy of this picture.", repr(error)
            ) from error


def _header_texts(path: Path) -> dict[str, str]:
    """The texts that stand before the pixels."""
    with _open(path) as image:
        return _bounded(path, image.info)


def _all_texts(path: Path) -> dict[str, str]:
    """All texts, also those after the pixels and, in a JPEG or WebP, the user comment."""
    with _open(path) as image:
        try:
            image.load()
            comment = image.getexif().get_ifd(_EXIF_FOLDER).get(_EXIF_USER_COMMENT)
        except _BROKEN as error:
            raise SfumatoError(f"{path.name} is damaged or cut off.", "", repr(error)) from error
        texts = _bounded(path, image.info)
    return texts | ({"parameters": _comment_text(comment)} if isinstance(comment, bytes) else {})


def _bounded(path: Path, info: dict[Any, Any]) -> dict[str, str]:
    texts = {str(key): str(value) for key, value in info.items() if isinstance(value, str)}
    if sum(map(len, texts.values())) > MAX_TEXT_CHARACTERS:
        raise SfumatoError(f"The texts inside {path.name} are too long to be read.", "They hold more than 4 MB.")
    return texts


def _comment_text(comment: bytes) -> str:
    """An Exif user comment, whose first eight bytes name its character set."""
    kind, text = comment[:8], comment[8 : 8 + MAX_TEXT_CHARACTERS]
    if kind != b"UNICODE\0":
        return text.decode("utf-8", "replace")
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


def _shown(values: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in values.items() if value is not None}


def _no_picture(path: Path, error: BaseException) -> SfumatoError:
    return SfumatoError(
        f"{path.name} is not a picture that Sfumato can read.", "PNG, JPEG and WebP files can be read.", repr(error)
    )


def _too_big(path: Path, detail: str) -> SfumatoError:
    return SfumatoError(f"{path.name} is too big.", f"Sfumato reads pictures of up to {MAX_PIXELS:,} pixels.", detail)
