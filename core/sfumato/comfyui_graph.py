"""Reading a recipe out of ComfyUI's graphs: from the sampler back along its links to texts, seed, size and models.

A graph is data of a stranger: it may be cyclic, deep, huge or of unknown nodes. It is walked with a list of what is
still to visit, every node once, and nothing in it is run. Formats: `prompt` (what was executed: `{"3": {"class_type",
"inputs"}}`, a link is `["3", 0]`) and `workflow` (what was drawn: `nodes` and `links`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MAX_NODES = 5000

# Names under which text encoders, and nodes that make texts, keep words.
_TEXTS = (
    "text", "text_g", "text_l", "clip_l", "clip_g", "t5xxl", "llama", "prompt", "string", "value", "text_positive",
    "text_negative", "populated_text", "wildcard_text", "string_a", "string_b", "text_a", "text_b", "text1", "text2",
    "text_0", "text_1",
)  # fmt: skip
# Links that lead away from the words.
_NOT_WORDS = frozenset(
    {"model", "clip", "vae", "control_net", "image", "pixels", "latent", "latent_image", "samples", "mask", "clip_vision"}
    | {"clip_vision_output", "style_model", "noise", "sigmas", "sampler", "images"}
)  # fmt: skip
# What a workflow's nodes keep in `widgets_values`, in order.
_WIDGETS: dict[str, tuple[str, ...]] = {
    "KSampler": ("seed", "control", "steps", "cfg", "sampler_name", "scheduler", "denoise"),
    "KSamplerAdvanced": ("add_noise", "noise_seed", "control", "steps", "cfg", "sampler_name", "scheduler"),
    "SamplerCustom": ("add_noise", "noise_seed", "control", "cfg"),
    "CLIPTextEncode": ("text",),
    "CLIPTextEncodeSDXL": ("width", "height", "crop_w", "crop_h", "target_width", "target_height", "text_g", "text_l"),
    "CLIPTextEncodeFlux": ("clip_l", "t5xxl", "guidance"),
    "EmptyLatentImage": ("width", "height", "batch_size"),
    "EmptySD3LatentImage": ("width", "height", "batch_size"),
    "CheckpointLoaderSimple": ("ckpt_name",),
    "UNETLoader": ("unet_name",),
    "LoraLoader": ("lora_name", "strength_model", "strength_clip"),
    "LoraLoaderModelOnly": ("lora_name", "strength_model"),
    "FluxGuidance": ("guidance",),
    "CFGGuider": ("cfg",),
    "RandomNoise": ("noise_seed",),
    "KSamplerSelect": ("sampler_name",),
    "BasicScheduler": ("scheduler", "steps", "denoise"),
    "PrimitiveNode": ("value",),
}


@dataclass(frozen=True, slots=True)
class Node:
    """One node: its class, its plain inputs, and its links by name (the id of the node linked to)."""

    kind: str
    values: dict[str, Any]
    links: dict[str, str]


@dataclass(frozen=True, slots=True)
class GraphRecipe:
    """What a graph says, as it stands there; texts still carry their weights."""

    positive: str = ""
    negative: str = ""
    seed: Any = None
    steps: Any = None
    guidance_scale: Any = None
    sampler: Any = None
    scheduler: Any = None
    width: Any = None
    height: Any = None
    model: Any = None
    loras: tuple[tuple[str, Any], ...] = ()


@dataclass(slots=True)
class Graph:
    """The nodes by id."""

    nodes: dict[str, Node] = field(default_factory=dict)

    def upstream(self, start: str, skip: frozenset[str] = frozenset()) -> Iterator[Node]:
        """The node and all that it is made from, nearest first, each once."""
        waiting, seen, at = [start], {start}, 0
        while at < len(waiting):
            node = self.nodes.get(waiting[at])
            at += 1
            if node is None:
                continue
            yield node
            for name, link in node.links.items():
                if name not in skip and link not in seen:
                    seen.add(link)
                    waiting.append(link)

    def first(self, start: str | None, *names: str) -> Any:
        """The nearest plain value of one of these names, from a node back."""
        if start is None:
            return None
        for node in self.upstream(start):
            for name in names:
                if name in node.values:
                    return node.values[name]
        return None


def read_graph(prompt: object, workflow: object) -> GraphRecipe | None:
    """The recipe of the first sampler of a graph, or None if there is no sampler, or too much to look at."""
    graph = _from_prompt(prompt) or _from_workflow(workflow)
    if graph is None or len(graph.nodes) > MAX_NODES:
        return None
    sampler_id = _first_sampler(graph)
    if sampler_id is None:
        return None
    sampler = graph.nodes[sampler_id]
    guider = graph.nodes.get(sampler.links.get("guider", ""), sampler)
    positive = guider.links.get("positive") or guider.links.get("conditioning")
    latent = sampler.links.get("latent_image") or sampler.links.get("samples") or sampler.links.get("latent")
    model = guider.links.get("model") or sampler.links.get("model") or positive
    return GraphRecipe(
        positive=_words(graph, positive, "positive"),
        negative=_words(graph, guider.links.get("negative"), "negative"),
        seed=_value(graph, sampler, ("noise", "seed", "noise_seed"), ("seed", "noise_seed", "value", "int")),
        steps=_value(graph, sampler, ("sigmas", "steps"), ("steps", "value", "int")),
        guidance_scale=_value(graph, guider, ("cfg",), ("cfg", "value", "float")) or graph.first(positive, "guidance"),
        sampler=_value(graph, sampler, ("sampler", "sampler_name"), ("sampler_name",)),
        scheduler=_value(graph, sampler, ("sigmas", "scheduler"), ("scheduler",)),
        width=graph.first(latent, "width", "empty_latent_width"),
        height=graph.first(latent, "height", "empty_latent_height"),
        model=graph.first(model, "ckpt_name", "unet_name", "model_name", "base_ckpt_name"),
        loras=_loras(graph, model),
    )


def _from_prompt(data: object) -> Graph | None:
    if not isinstance(data, dict):
        return None
    graph = Graph()
    for key, node in data.items():
        if isinstance(node, dict) and isinstance(node.get("inputs"), dict):
            inputs = node["inputs"]
            links = {str(name): _link(value) for name, value in inputs.items() if _link(value)}
            values = {str(name): value for name, value in inputs.items() if not _link(value)}
            graph.nodes[str(key)] = Node(str(node.get("class_type", "")), values, links)
    return graph if graph.nodes else None


def _link(value: object) -> str:
    """The id that a link points at; empty for what is no link."""
    is_link = isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int)
    return str(value[0]) if is_link and isinstance(value[1], int) else ""  # type: ignore[index]


def _from_workflow(data: object) -> Graph | None:
    if not isinstance(data, dict) or not isinstance(data.get("nodes"), list):
        return None
    sources = {
        str(link[0]): str(link[1])
        for link in data.get("links") or ()
        if isinstance(link, list) and len(link) >= 4 and isinstance(link[0], str | int)
    }
    graph = Graph()
    for node in data["nodes"]:
        if not isinstance(node, dict):
            continue
        inputs = [entry for entry in node.get("inputs") or () if isinstance(entry, dict)]
        links = {str(entry.get("name")): sources.get(str(entry.get("link")), "") for entry in inputs}
        graph.nodes[str(node.get("id"))] = Node(
            str(node.get("type", "")), _widgets(node), {name: link for name, link in links.items() if link}
        )
    return graph if graph.nodes else None


def _widgets(node: dict[str, Any]) -> dict[str, Any]:
    values = node.get("widgets_values")
    if isinstance(values, dict):
        return {str(name): value for name, value in values.items()}
    names = _WIDGETS.get(str(node.get("type")), ("text",))
    return dict(zip(names, values, strict=False)) if isinstance(values, list) else {}


def _first_sampler(graph: Graph) -> str | None:
    """The sampler that no other sampler stands before: the pass that set seed and size, not one that enlarged it."""
    samplers = [key for key, node in graph.nodes.items() if "positive" in node.links or "guider" in node.links]
    samplers = [key for key in samplers if _is_sampler(graph.nodes[key])][:50]
    for key in samplers:
        before = graph.upstream(key)
        next(before)
        if not any(_is_sampler(node) for node in before):
            return key
    return samplers[0] if samplers else None


def _is_sampler(node: Node) -> bool:
    has_latent = bool(node.links.keys() & {"latent_image", "samples", "latent"})
    return ("sampler" in node.kind.casefold() and has_latent) or "sampler_name" in node.values


def _value(graph: Graph, node: Node, links: tuple[str, ...], names: tuple[str, ...]) -> Any:
    """A plain value of the node itself, or of what it is linked to under one of these names."""
    own = next((node.values[name] for name in names if name in node.values), None)
    if own is not None:
        return own
    found = (graph.first(node.links[name], *names) for name in links if name in node.links)
    return next((value for value in found if value is not None), None)


def _words(graph: Graph, start: str | None, role: str) -> str:
    """All words that a conditioning is made from, in the order of the links, each text once."""
    texts: dict[str, None] = {}
    waiting, seen = [start] if start else [], set()
    while waiting:
        key = waiting.pop()
        node = graph.nodes.get(key)
        if node is None or key in seen or "ZeroOut" in node.kind:
            continue
        seen.add(key)
        own = (role,) if role in node.values else _TEXTS
        for name in own:
            value = node.values.get(name)
            if isinstance(value, str) and value.strip():
                texts[value.strip()] = None
        other = "negative" if role == "positive" else "positive"
        ahead = [link for name, link in node.links.items() if name not in _NOT_WORDS and name != other]
        waiting += reversed(ahead)
    return ", ".join(texts)


def _loras(graph: Graph, start: str | None) -> tuple[tuple[str, Any], ...]:
    found: dict[str, Any] = {}
    for node in graph.upstream(start, frozenset({"positive", "negative", "latent_image", "samples"})) if start else ():
        if isinstance(node.values.get("lora_name"), str):
            found.setdefault(node.values["lora_name"], node.values.get("strength_model"))
        for value in node.values.values():  # one node that holds a list of them, as rgthree's does
            if isinstance(value, dict) and isinstance(value.get("lora"), str) and value.get("on", True):
                found.setdefault(value["lora"], value.get("strength"))
    found.pop("None", None)
    return tuple(found.items())[:50]
