"""Precision, recall and speed of decontamination, on planted leaks and on real rows.

    python -m benchmarks.decontamination [--benchmarks DIR] [--half fit|report]

Leaks are the benchmarks' problems through the transforms of `decontamination_leaks`, in each
language while the index knows the others. Thresholds were set on the problems with even numbers
(`--half fit`); the figures are those of the odd ones. Clean rows are real: Magicoder, ShareGPT, and
GSM8K_Backward, whose problems are known by their original question (58 of 300 are MGSM's).
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.decontamination_leaks import Leak, code_leaks, math_leaks, row
from harness.building.benchmark_items import benchmark_items
from tasks import registry
from tasks.index import checked_by_default
from ultralink_data.checking.decontaminate.background import background
from ultralink_data.checking.decontaminate.items import BenchmarkItem, Hit
from ultralink_data.checking.decontaminate.problem_index import BenchmarkIndex
from ultralink_data.dialogue import Dialogue

LANGUAGES = ("en", "es", "fr", "ru", "zh")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--benchmarks", type=Path, default=Path("../shared/data"))
    parser.add_argument("--half", choices=("fit", "report"), default="report")
    parser.add_argument("--misses", action="store_true", help="print what was not found")
    arguments = parser.parse_args()
    root: Path = arguments.benchmarks
    items = list(benchmark_items(checked_by_default(), root))
    started = time.perf_counter()
    index = BenchmarkIndex(items, background(real(root)))
    print(f"index: {len(index.problems)} problems, {time.perf_counter() - started:.1f} s")
    odd = arguments.half == "report"
    planted(items, root, odd=odd, misses=arguments.misses)
    exemplars(root, misses=arguments.misses)
    backward(index, root, misses=arguments.misses)
    clean(index, root)


def planted(items: Sequence[BenchmarkItem], root: Path, *, odd: bool, misses: bool) -> None:
    """Recall by transform and row language; a hit of another problem is a false alarm."""
    chats = [row.turns for row in sharegpt(root) if sum(map(len, row.turns)) < 3000]
    found: Counter[tuple[str, str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    wrong: Counter[str] = Counter()
    twins = _twins(items, root)
    for language in LANGUAGES:
        leaks = list(_leaks(language, root, chats))
        common = background([*real(root), *(leak.row for leak in leaks)])
        index = BenchmarkIndex([item for item in items if _kept(item, language)], common)
        for leak in leaks:
            if leak.number % 2 != odd:
                continue
            hits = {hit.problem_id: hit for hit in index.find(leak.row)}
            total[leak.transform, language] += 1
            hit = hits.pop(leak.problem_id, None)
            for other in hits:
                is_twin = (leak.problem_id, other) in twins
                wrong["its twin" if is_twin else "another"] += 1
            if misses:
                for other in hits.values():
                    print("  wrong:", leak.problem_id, other.problem_id, _words(other))
            if hit is not None:
                found[leak.transform, language, "any"] += 1
            elif misses:
                print("  missed:", leak.transform, leak.problem_id, leak.row.turns[0][:90])
    print("\nplanted leaks found, by language of the row (the index has none of it)")
    print(f"{'transform':48}" + "".join(f"{x:>12}" for x in (*LANGUAGES, "all")))
    for transform in dict.fromkeys(name for name, _ in total):
        cells = [(found[transform, x, "any"], total[transform, x]) for x in LANGUAGES]
        cells.append((sum(a for a, _ in cells), sum(b for _, b in cells)))
        shown = "".join(f"{a:>5}/{b} {a / b:4.0%}".rjust(12) if b else " " * 12 for a, b in cells)
        print(f"{transform:48}{shown}")
    right = sum(found.values())
    print(f"hits of the planted problem {right}, of others {dict(wrong)}")
    precision = right / (right + wrong["another"])
    print(f"precision {precision:.4f}, recall {right / sum(total.values()):.3f}")


def _twins(items: Sequence[BenchmarkItem], root: Path) -> set[tuple[str, str]]:
    """Problems of HumanEval that are hit by another one of it, unchanged: it repeats itself."""
    index = BenchmarkIndex(items)
    found = set()
    for problem in registry.get("humaneval").problems("en", root):
        text = f"```python\n{problem.original}{problem.canonical_solution}```"
        for hit in index.find(row("en", "code", "twin", text, "OK")):
            found.add((problem.problem_id, hit.problem_id))
    return {(a, b) for a, b in found | {(b, a) for a, b in found} if a != b}


def _kept(item: BenchmarkItem, language: str) -> bool:
    """Texts of other languages, and the programs, which all languages share."""
    return item.language != language or bool(item.code)


def _leaks(language: str, root: Path, chats: Sequence[tuple[str, ...]]) -> Iterator[Leak]:
    yield from math_leaks(registry.get("mgsm").problems(language, root), chats)
    yield from code_leaks(registry.get("humaneval").problems(language, root), chats)


def exemplars(root: Path, *, misses: bool) -> None:
    """MGSM's 8 exemplars, looked for in six languages by their texts in five others."""
    raw = json.loads((root / "mgsm" / "exemplars.json").read_text(encoding="utf-8"))
    texts, answers = raw["MGSM_EXEMPLARS"], raw["EXEMPLAR_NUMBER_ANSWERS"]
    items = list(benchmark_items(("mgsm",), root))
    for language in LANGUAGES:
        for number, answer in enumerate(answers, 1):
            items.append(
                BenchmarkItem(
                    task="exemplars",
                    problem_id=f"exemplar/{number}",
                    language=language,
                    question=texts[language][str(number)]["q"],
                    answer=str(answer),
                )
            )
    index = BenchmarkIndex(items)
    print("\nMGSM's exemplars with worked answers, in languages that no benchmark file has")
    for language in sorted(set(texts) - set(LANGUAGES)):
        right = wrong = 0
        for number in range(1, len(answers) + 1):
            pair = texts[language][str(number)]
            hits = {
                h.problem_id for h in index.find(row(language, "math", "x", pair["q"], pair["a"]))
            }
            right += f"exemplar/{number}" in hits
            wrong += len(hits - {f"exemplar/{number}"})
            if misses and f"exemplar/{number}" not in hits:
                print("  missed:", language, texts["en"][str(number)]["q"])
        print(f"{language}: {right} of {len(answers)} found, {wrong} others")


def backward(index: BenchmarkIndex, root: Path, *, misses: bool) -> None:
    """Real leaks and real clean rows: GSM8K_Backward, backward and forward."""
    known = {
        " ".join(problem.question.split()).lower(): problem.problem_id
        for problem in registry.get("mgsm").problems("en", root)
    }
    print("\nGSM8K_Backward: real rows, 58 of 300 are MGSM's")
    for form in ("backward", "forward"):
        right = missed = wrong = 0
        kinds: Counter[str] = Counter()
        for number, raw in enumerate(_lines(root / "metamath" / "GSM8K_Backward_sample300.jsonl")):
            reply = raw.get("inv_question_pred_answer") or raw["output"]
            turns = (raw["question"], reply)
            if form == "forward":
                turns = (raw["original_question"], str(raw.get("original_answer") or "?"))
            wanted = known.get(" ".join(raw["original_question"].split()).lower())
            hits = {
                hit.problem_id: hit for hit in index.find(row("en", "math", str(number), *turns))
            }
            hit = hits.pop(wanted or "", None)
            right += hit is not None
            missed += wanted is not None and hit is None
            kinds.update(hit.kinds if hit else ())
            wrong += len(hits)
            for other in hits.values():
                print("  to read:", other.problem_id, _words(other), "|", turns[0][:160])
            if misses and wanted and hit is None:
                print("  missed:", wanted, turns[0][:160])
        print(f"{form}: {right} found, {missed} missed, {wrong} other hits; {dict(kinds)}")


def clean(index: BenchmarkIndex, root: Path) -> None:
    """Hits among rows that are thought clean, to be read by eye, and the speed."""
    print("\nreal rows thought clean: every hit, and rows a second of one process")
    sets = {"magicoder": list(magicoder(root)), "sharegpt": list(sharegpt(root))}
    sets["metamath"] = list(metamath(root))
    for name, rows in sets.items():
        started = time.perf_counter()
        found = [(one, hit) for one in rows for hit in index.find(one)]
        speed = len(rows) / (time.perf_counter() - started)
        print(f"{name}: {len(rows)} rows, {len(found)} hits, {speed:,.0f} rows/s")
        for one, hit in found:
            print("  to read:", hit.problem_id, _words(hit), "|", one.turns[0][:160])


def _words(hit: Hit) -> str:
    return "; ".join(f"{one.kind} {one.strength}: {one.detail}" for one in hit.evidence)


def real(root: Path) -> list[Dialogue]:
    """The real math and code rows, as a dataset that the leaks stand in."""
    rows = list(magicoder(root))
    for number, raw in enumerate(_lines(root / "metamath" / "GSM8K_Backward_sample300.jsonl")):
        reply = raw.get("inv_question_pred_answer") or raw["output"]
        rows.append(row("en", "math", f"b{number}", raw["question"], reply))
    return rows


def magicoder(root: Path) -> Iterator[Dialogue]:
    """Real code rows."""
    for n, raw in enumerate(_lines(root / "magicoder" / "magicoder_oss_instruct_sample300.jsonl")):
        yield row("en", "code", f"m{n}", raw["instruction"], raw["output"])


def metamath(root: Path) -> Iterator[Dialogue]:
    """The six real rows of MetaMathQA that there are."""
    for n, raw in enumerate(_lines(root / "metamath" / "metamathqa_quoted6.jsonl")):
        yield row("en", "math", f"q{n}", raw["query"], raw["response"])


def sharegpt(root: Path) -> Iterator[Dialogue]:
    """Real chats, without a first turn of the assistant and a last one of the user."""
    for n, raw in enumerate(_lines(root / "sharegpt" / "sharegpt_sample.jsonl")):
        said = [turn for turn in raw["conversations"] if turn["value"].strip()]
        said = said[1:] if said and said[0]["from"] == "gpt" else said
        turns = [turn["value"] for turn in said][: len(said) // 2 * 2]
        if turns:
            yield row("en", "chat_agnostic", f"s{n}", *turns)


def _lines(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


if __name__ == "__main__":
    main()
