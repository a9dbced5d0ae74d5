from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import llama_cpp
import numpy as np
import pytest
import torch

from sfumato.decision import DECISION_SCHEMA, parse_decision
from sfumato.narrowing import narrowed, said_numbers, said_words
from sfumato.prompt import TEXT_FIELDS, ImagePrompt
from sfumato_models.constrained import Grammar
from sfumato_models.grammar import gbnf
from sfumato_training import writer_train
from sfumato_training.checkpoint import load_checkpoint
from sfumato_training.exercise_subject import Scene, SubjectChanges
from sfumato_training.lexicon import Lexicon, held_out_words
from sfumato_training.phrasings_subject import RECOLOUR
from sfumato_training.things import Thing
from sfumato_training.writer_copying import set_copying
from sfumato_training.writer_data import Writer
from sfumato_training.writer_evaluate import CATALOGUE, starter_facts
from sfumato_training.writer_export import export_writer, load_weights
from sfumato_training.writer_feed import END, Feed, texts
from sfumato_training.writer_gguf import export_gguf
from sfumato_training.writer_model import Size, WriterModel, train_tokenizer
from sfumato_training.writer_train import make_tokenizer, train_writer


def test_a_training_makes_more_of_what_is_hardest_to_learn_and_an_examination_does_not() -> None:
    counts = [Counter(writer.make().kind for _ in range(1500)) for writer in (Writer(6), Writer(6, is_training=True))]
    assert counts[1]["part"] > 1.5 * counts[0]["part"] > 60
    assert counts[1].keys() == counts[0].keys()


def test_every_exercise_is_text_that_the_app_reads_and_an_answer_it_accepts() -> None:
    writer = Writer(1)
    for _ in range(1500):
        practice = writer.make()
        read, answer = texts(practice)
        assert read.endswith("answer:")
        assert parse_decision(answer).to_json() == practice.decision.to_json()  # the starter's leading spaces are gone


def test_the_same_seed_gives_the_same_exercises_in_every_process() -> None:
    code = (
        "import hashlib; from sfumato_training.writer_data import Writer; from sfumato_training.writer_feed import texts\n"
        "writer = Writer(5)\n"
        "print(hashlib.sha256(repr([texts(writer.make()) for _ in range(400)]).encode()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"PYTHONHASHSEED": number},
        ).stdout
        for number in ("1", "2")
    }
    assert len(found) == 1


def test_a_refinement_in_the_exercises_names_only_fields_that_change() -> None:
    writer, seen = Writer(2), 0
    for _ in range(1500):
        practice = writer.make()
        if practice.kind in TEXT_FIELDS:
            assert list(practice.decision.patch.set) == [practice.kind]
            assert practice.decision.seed == "keep"
            seen += 1
    assert seen > 200


def test_held_out_words_are_never_practised() -> None:
    unseen = held_out_words()
    assert len(unseen) > 100
    writer = Writer(3)
    practised = " ".join(part for _ in range(4000) for part in texts(writer.make())).lower()
    lines = [
        line for line in practised.splitlines() if not line.startswith("version")
    ]  # those may be cut inside a word
    found = unseen & set(re.findall(r"[a-z]+", " ".join(lines)))
    assert len(found) <= 1, found  # a slip of the finger may happen to make one


def test_held_out_words_are_what_the_examination_of_copying_is_made_of() -> None:
    unseen, writer = held_out_words(), Writer(3, new_words=True)
    asked = [set(re.findall(r"[a-z]+", texts(writer.make())[1])) & unseen for _ in range(600)]
    assert sum(bool(words) for words in asked) > 200


def test_the_words_and_numbers_of_an_answer_were_said_or_stand_in_the_prompt() -> None:
    writer, own_words = Writer(77), starter_facts().own_words or ()
    for _ in range(4000):
        practice = writer.make()
        patch, decision = practice.decision.prompt_patch(), practice.decision
        said = {word.lower() for word in said_words(practice.reading, own_words)}
        told = " ".join((*patch.set.values(), *patch.add_negative, *patch.add_quality)).lower().replace(",", " ")
        assert {word.strip(".'") for word in told.split()} <= said | {""}, practice.reading.message
        numbers = {decision.seed, decision.count, *(decision.size or ())} - {"keep", "new", None, 1}
        assert numbers <= set(said_numbers(practice.reading.message)), practice.reading.message


def test_wishes_at_once_join_changes_of_every_kind() -> None:
    writer, pairs = Writer(78), set()
    for _ in range(12000):
        practice = writer.make()
        if practice.kind == "two at once":
            answer = practice.decision.to_json()
            keys = {*answer.get("patch", {}).get("set", {}), *answer.get("patch", {}), *answer} - {
                "patch",
                "set",
                "action",
                "reply",
            }
            keys -= {"seed"} if practice.decision.seed == "keep" else set()
            pairs |= {(one, other) for one in keys for other in keys if one < other}
    assert {
        ("add_negative", "subject"),
        ("setting", "subject"),
        ("lighting", "subject"),
        ("lighting", "shape"),
    } <= pairs
    assert len(pairs) > 50


def test_every_intent_has_many_wordings() -> None:
    said: dict[str, set[str]] = defaultdict(set)
    writer = Writer(12)
    for _ in range(12000):
        practice = writer.make()
        said[practice.kind].add(practice.reading.message.lower())
    assert {kind: len(messages) for kind, messages in said.items() if len(messages) < 40} == {}
    assert len(said) >= 27


def test_a_change_in_the_exercises_leaves_the_rest_of_the_thing_as_it_was() -> None:
    writer, seen = Writer(13), 0
    for _ in range(4000):
        practice = writer.make()
        if practice.kind in ("other colour", "add"):
            before, after = practice.reading.prompt.subject, practice.decision.patch.set["subject"]
            assert before != after
            assert after.split()[:1] == before.split()[:1]
            seen += 1
        elif practice.kind == "clear":
            (name, text), *others = practice.decision.patch.set.items()
            assert (text, others) == ("", [])
            assert getattr(practice.reading.prompt, name)
    assert seen > 100


def test_wordings_kept_for_the_evaluation_are_not_practised_for_a_second_thing_either() -> None:
    class OneThing(Lexicon):
        """Says only "zorb", and only red and blue."""

        def noun(self) -> str:
            return "zorb"

        def colour(self) -> str:
            return self.rng.choice(("red", "blue"))

    rng = random.Random(1)
    changes = SubjectChanges(rng, OneThing(rng), new_phrasings=False)
    make = changes.makers()["other colour"]
    said = {make(Scene(Thing("cat"), ImagePrompt()))[0] for _ in range(2000)}
    frames = {re.sub(r"\b(red|blue)\b", "{colour}", words).replace("zorb", "{noun}") for words in said}
    assert len(frames) > 50
    assert not frames & set(RECOLOUR[3::7])


def test_the_exported_file_says_the_same_next_words_as_the_trained_model(tmp_path: Path) -> None:
    llama_cpp = pytest.importorskip("llama_cpp")
    torch.manual_seed(3)
    size = Size(vocabulary=600, width=64, layers=2, heads=2, hidden=96, context=256)
    practice = Writer(4)
    sample = [texts(practice.make()) for _ in range(300)]
    tokenizer = train_tokenizer(["".join(pair) for pair in sample], size.vocabulary)
    model = WriterModel(size).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(1.5 if parameter.dim() == 2 else 1)  # far from the quantisation's noise
    export_gguf(model, tokenizer, tmp_path / "x.gguf", "test")
    llama = llama_cpp.Llama(str(tmp_path / "x.gguf"), n_ctx=256, n_threads=1, verbose=False, logits_all=True)
    for read, answer in sample[:5]:
        ids = tokenizer.encode(read + answer).ids[:200]
        assert llama.tokenize((read + answer).encode(), add_bos=False, special=False)[: len(ids)] == ids
        llama.reset()
        llama.eval(ids)
        ours = model(torch.tensor([ids]))[0]
        theirs = torch.tensor(llama.scores[: len(ids)])
        assert torch.nn.functional.cosine_similarity(ours, theirs, dim=1).min() > 0.99
    assert llama.token_eos() == tokenizer.token_to_id(END)
    llama.close()


SMALL = Size(vocabulary=512, width=160, layers=3, heads=5, hidden=96, context=512)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch, ticking: None) -> None:
    """Little to read before a training, a few steps of it, and a short examination."""
    monkeypatch.setattr(writer_train, "TOKENIZER_EXERCISES", 400)
    monkeypatch.setattr(writer_train, "_CHECKED", 32)


@pytest.mark.usefixtures("short")
def test_a_training_ends_in_its_budget_goes_on_where_it_was_and_leaves_a_file_that_loads(tmp_path: Path) -> None:
    train_writer(tmp_path, 0.05, "cpu", seed=3, threads=1, workers=1, size=SMALL)
    first = load_checkpoint(tmp_path / "writer.pt")
    train_writer(tmp_path, 0.1, "cpu", seed=3, threads=1, workers=1, size=SMALL)
    second = load_checkpoint(tmp_path / "writer.pt")
    assert first is not None
    assert second is not None
    assert second["step"] > first["step"] >= 1
    assert second["samples"] > first["samples"]
    assert second["used_s"] >= 6 > first["used_s"] >= 3
    llama = llama_cpp.Llama(str(export_writer(tmp_path)), n_ctx=256, n_threads=1, verbose=False)
    assert llama.create_completion("message: a cat\nanswer:", max_tokens=4)["choices"]
    llama.close()


@pytest.mark.usefixtures("short")
def test_a_training_can_go_on_from_an_exported_file(tmp_path: Path) -> None:
    train_writer(tmp_path / "first", 0.05, "cpu", seed=3, threads=1, workers=1, size=SMALL)
    file = export_writer(tmp_path / "first")
    train_writer(tmp_path / "second", 0.05, "cpu", seed=4, threads=1, workers=1, begin_with=file)
    tokenizers = [(tmp_path / name / "tokenizer.json").read_text() for name in ("first", "second")]
    assert tokenizers[0] == tokenizers[1]
    begun, went_on = (load_weights(tmp_path / name / "writer.safetensors")[0] for name in ("first", "second"))
    old, new = begun.token_embd.weight.flatten(), went_on.token_embd.weight.flatten()
    assert 0.9 < torch.cosine_similarity(old, new, dim=0) < 1
    old_file = file.read_bytes()
    assert export_writer(tmp_path / "second", file, share=0.0).read_bytes()[-5000:] == old_file[-5000:]


def test_a_bare_new_thing_takes_over_what_the_old_one_was_and_a_described_one_brings_its_own() -> None:
    rng = random.Random(19)
    changes, red_cat = (
        SubjectChanges(rng, Lexicon(rng), new_phrasings=False),
        Thing("cat", "the", ("small",), "red", " on a mat"),
    )
    for _ in range(200):
        said, _, after, _ = changes.makers()["swap"](Scene(red_cat, ImagePrompt()))
        new = after.removesuffix(" on a mat")
        assert after.endswith(" on a mat")
        assert new in said or new.startswith("a small red ")


@pytest.mark.usefixtures("short")
def test_the_feed_gives_the_same_batches_for_the_same_seed_and_ends_its_processes(tmp_path: Path) -> None:
    make_tokenizer(tmp_path / "tokenizer.json", 1, 600)
    found = []
    for _ in range(2):
        with Feed(tmp_path / "tokenizer.json", 5, workers=2, tokens=2048, context=1024) as feed:
            batches = iter(feed)
            found.append([next(batches) for _ in range(12)])
        assert all(process.poll() is not None for process in feed._processes)
    for one, other in zip(*found, strict=True):
        assert (one.ids == other.ids).all()
        assert one.ids.size <= 2048
        assert (one.read < one.length).all()


def test_before_any_training_the_writer_copies_what_it_never_saw() -> None:
    torch.manual_seed(5)
    model = WriterModel(Size()).eval()
    set_copying(model, 5)
    told = torch.randperm(model.size.vocabulary)[:30]
    again = told[12:18]
    with torch.no_grad():
        found = model(torch.cat((told, again))[None])[0].argmax(dim=-1)
    copied = found[len(told) : len(told) + len(again) - 1]
    assert (copied == again[1:]).float().mean() >= 0.8


def test_every_answer_of_the_exercises_can_be_written_under_the_grammar_of_a_writer_that_only_copies() -> None:
    own_words = starter_facts().own_words
    assert own_words is not None
    file = CATALOGUE.parents[1] / "starter" / "writer" / "writer.gguf"
    llama = llama_cpp.Llama(str(file), vocab_only=True, verbose=False)
    vocabulary = llama_cpp.llama_model_get_vocab(llama._model.model)
    writer, refused, seen = Writer(11), [], Counter[str]()
    while sum(seen.values()) < 250:
        practice = writer.make()
        if seen[practice.kind] == 12:
            continue
        seen[practice.kind] += 1
        grammar = Grammar(vocabulary, gbnf(narrowed(DECISION_SCHEMA, practice.reading, own_words)).encode())
        for token in llama.tokenize(texts(practice)[1].strip().encode(), add_bos=False):
            wanted = np.zeros(llama.n_vocab(), np.float32)
            wanted[token] = 1
            if grammar.best_token(wanted) != token:
                refused.append(texts(practice))
                break
    assert len(refused) <= 2, refused  # where a misspelt word of the message is spelt right in the answer


def test_of_two_things_only_the_named_one_changes_or_stays() -> None:
    writer, seen = Writer(23), 0
    while seen < 60:
        practice = writer.make()
        text = practice.decision.patch.set.get("subject")
        before = practice.reading.prompt.subject
        if practice.kind != "part" or text is None or " and " not in before:
            continue
        seen += 1
        kept = [half for half in before.split(" and ") if half in text]
        assert len(kept) >= 1 or " with " in before, (before, practice.reading.message, text)
        assert text != before
