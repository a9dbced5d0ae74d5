"""Code that comes with a model is never run: not a pipeline's own, not a part's, not a chat template's."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jinja2
import pytest

import sfumato_resources
from sfumato.dialogue import Reading
from sfumato.engine import CancelToken
from sfumato.errors import SfumatoError, UnusableAnswer
from sfumato.model_catalog import load_catalogue
from sfumato.recipe import Route
from sfumato_models.family_facts import family_facts
from sfumato_models.installed import InstalledModel, check_whole
from sfumato_models.local_files import describe
from sfumato_models.painter import DiffusersPainter
from sfumato_models.writer import LlamaWriter
from tests.models.test_families import paint, wish
from tests.models.tiny_families import tiny_family
from tests.models.tiny_gguf import with_texts

CATALOGUE = Path(sfumato_resources.__file__).parent / "catalogue"


def change(file: Path, **entries: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | entries))


def plant(folder: Path, mark: Path) -> None:
    """Python files everywhere, under every name that a loader might look for, each of which leaves a mark."""
    for place in (folder, *(part for part in folder.iterdir() if part.is_dir())):
        for name in ("evil", "pipeline", "modeling", "StableDiffusionPipeline", place.name):
            (place / f"{name}.py").write_text(
                f"open({str(mark)!r}, 'w').write('run')\nclass Evil: pass\nEvil = object\n"
            )


@pytest.mark.parametrize(
    ("entries"),
    [
        {"unet": ["evil", "Evil"]},
        {"unet": ["unet", "Evil"]},
        {"text_encoder": ["diffusers_modules.evil", "Evil"]},
        {"_class_name": ["pipeline", "Evil"]},
        {"_class_name": ["evil", "StableDiffusionPipeline"]},
    ],
)
def test_a_folder_that_asks_for_code_of_its_own_is_refused(entries: dict[str, object], tmp_path: Path) -> None:
    model = tiny_family("StableDiffusionPipeline", tmp_path / "model")
    mark = tmp_path / "mark"
    plant(model.path, mark)
    change(model.path / "model_index.json", **entries)
    with pytest.raises(SfumatoError, match="brings program code of its own"):
        describe(model.path, family_facts(load_catalogue(sorted(CATALOGUE.glob("*.toml")))))
    with pytest.raises(SfumatoError, match="brings program code of its own"):
        check_whole(model)
    with pytest.raises(SfumatoError, match="brings program code of its own"):
        DiffusersPainter(model, 1)
    assert not mark.exists()


@pytest.mark.parametrize(
    "config", ["unet/config.json", "text_encoder/config.json", "tokenizer/tokenizer_config.json", "vae/config.json"]
)
def test_code_that_a_parts_configuration_names_is_left_alone(config: str, tmp_path: Path) -> None:
    model = tiny_family("StableDiffusionPipeline", tmp_path / "model")
    expected = paint(DiffusersPainter(model, 1), wish(model)).pixels
    mark = tmp_path / "mark"
    plant(model.path, mark)
    names = (
        "AutoModel",
        "AutoModelForCausalLM",
        "AutoConfig",
        "CLIPTextModel",
        "UNet2DConditionModel",
        "AutoencoderKL",
    )
    change(model.path / config, auto_map=dict.fromkeys(names, "evil.Evil") | {"AutoTokenizer": ["evil.Evil", None]})
    assert paint(DiffusersPainter(model, 1), wish(model)).pixels == expected
    assert not mark.exists()


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.system('touch MARK') }}",
        "{% for x in messages %}{{ x.__init__.__globals__['__builtins__'].open('MARK', 'w').write('run') }}{% endfor %}",
        "{% if %}",
        "{{ 1 + messages }}",
        "{{ 1 // 0 }}",
    ],
)
def test_a_malicious_chat_template_ends_in_a_sentence(template: str, tmp_path: Path) -> None:
    model = tiny_family("ZImagePipeline", tmp_path / "model")
    mark = tmp_path / "mark"
    (model.path / "tokenizer" / "chat_template.jinja").write_text(template.replace("MARK", str(mark)))
    painter = DiffusersPainter(model, 1)
    with pytest.raises(SfumatoError, match="marks its texts"):
        paint(painter, wish(model))
    assert not mark.exists()


@pytest.mark.parametrize("template", ["{{ cycler.__init__.__globals__.os.system('touch MARK') }}", "{% if %}"])
def test_a_writers_malicious_chat_template_is_never_filled_in(
    template: str, tmp_path: Path, writer_model: InstalledModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its turns are marked by the app's own formatter, so it answers as the same model without a template."""
    mark = tmp_path / "mark"
    evil = {"tokenizer.chat_template": template.replace("MARK", str(mark))}
    copy = replace(writer_model, path=with_texts(writer_model.path, tmp_path / "evil.gguf", evil))
    check_whole(copy)

    def answer(model: InstalledModel) -> str:
        assert model.spec.writer
        try:
            return LlamaWriter(model.path, model.spec.writer, 1).decide(Reading("a ball"), CancelToken()).to_text()
        except UnusableAnswer as error:
            return error.detail

    compiled: list[str] = []
    monkeypatch.setattr(jinja2.Environment, "from_string", lambda _, source, *more, **named: compiled.append(source))
    assert answer(copy) == answer(writer_model)
    assert compiled == []
    assert not mark.exists()


def test_an_error_elsewhere_is_not_blamed_on_the_chat_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    painter = DiffusersPainter(model := tiny_family("ZImagePipeline", tmp_path / "model"), 1)
    encoder = painter.loaded.pipelines.get(Route.TEXT_TO_IMAGE).text_encoder

    def broken(*args: object, **named: object) -> None:
        raise ValueError("a shape is wrong")

    monkeypatch.setattr(encoder, "forward", broken)
    with pytest.raises(ValueError, match="a shape is wrong"):
        paint(painter, wish(model))
