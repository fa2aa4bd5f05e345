"""A store of which every text is an attack: on the page, on the disk, on the reader.

Whatever runs or loads would set `PWNED` in the page or name it in a request, so that a test in a
browser sees it; in the files it is told from what is ours by that word.
"""

import json
from pathlib import Path

import msgspec
from report_examples import report, variant

from leaderboard.gaps import Gap
from leaderboard.records import TokenCount, VariantRow, write_record
from leaderboard.table import text_table
from tasks.saved_rows import Outcome
from tests.leaderboard.site.site_stores import experiment, sample, write_run

BIDI = "\u202e"
"""Turns the direction of what follows, up to the end of the line."""

NAMES = (
    "<script>window.PWNED=1</script>",
    '"><img src=x onerror="window.PWNED=1">',
    "' onmouseover='window.PWNED=1' autofocus onfocus='window.PWNED=1' x='",
    "javascript:window.PWNED=1",
    "data:text/html,<script>window.PWNED=1</script>",
    "</script></title></style></textarea></bdi><svg onload=window.PWNED=1>",
    "../../../../../../PWNED/passwd",
    "/PWNED/absolute",
    "C:\\PWNED\\windows",
    f"PWNED {BIDI}gnp.exe",
    "PWNED\0nul \x1b[31mred \x7f",
    "PWNED\nsecond line\r\n<b>third</b>\ttab",
    "PWNED" + "x" * 3000,
    "&lt;PWNED&gt; &amp;amp; &#60;b&#62;",
    "__proto__",
    "constructor",
    "toString",
    "https://PWNED.example/?q=<b>",
    "PWNED مرحبا <b>بالعالم</b> שלום",
    "PWNED`${window.PWNED=1}`{{7*7}}\u2028\u2029",
)
"""For models, variants, ids, problems, languages and tasks."""

HUGE = 2_000_000
"""Characters of the longest answer."""

ENDING = "the end of the huge answer: PWNED"


def huge_answer() -> str:
    """One line of two million characters."""
    return "<b>PWNED</b> 😀 " * (HUGE // 15) + ENDING


def hostile_samples(language: str, number: int) -> list:
    """A sample for each name, with that name in every field."""
    return [
        sample(
            problem_id=name,
            language=language,
            prompt=f"{name} {NAMES[(place + number) % len(NAMES)]}",
            generation=f"{name}\n</pre></bdi></td></table>{name}",
            extracted=name,
            detail=name,
            thinking=name,
            outcome=list(Outcome)[(place + number) % 5],
        )
        for place, name in enumerate(NAMES)
    ]


def hostile_store(store: Path) -> Path:
    """The store; `reports/hostile` has most of it, and folders with names that are attacks too."""
    for number, name in enumerate(NAMES):
        other = NAMES[(number + 1) % len(NAMES)]
        samples = {("mgsm", "fr"): hostile_samples("fr", number), (other, name): [sample()]}
        write_run(
            store,
            "hostile",
            f"run{number}",
            samples,
            run_id=name,
            model=name,
            variant=name,
            experiment=other,
            seed=0,
            protocols={"mgsm": "direct", other: name},
            task_versions={"mgsm": "1", other: name},
            config={name: {other: name}, "left_out": [name]},
            backend=name,
            packages={name: other},
            git_commit=name,
            sandbox=(name,),
            command=("ultralink-bench", name, other),
            trained=(TokenCount(language=name, kind=other, rows=1, tokens=2),),
            started=name,
        )
    alone = {"experiment": None, "variant": None, "seed": None, "profile": NAMES[0]}
    for number, name in enumerate(("<img src=x onerror=window.PWNED=1>", f"PWNED{BIDI}", NAMES[3])):
        write_run(store, name, f"alone{number}", {("mgsm", "fr"): [sample()]}, **alone)
    right_to_left = "الجواب هو ٤ <b>PWNED</b> " * 20
    texts = [
        sample(problem_id="huge", generation=huge_answer()),
        sample(problem_id="right to left", prompt=right_to_left, generation=right_to_left),
    ]
    surrogate = [sample(problem_id="surrogate", generation="SURROGATE")]
    write_run(store, "texts", "texts", {("mgsm", "en"): texts}, **alone)
    write_run(store, "texts", "surrogate", {("mgsm", "en"): surrogate}, **alone)
    _spoil(store / "evals" / "surrogate" / "samples" / "0.jsonl")
    _outside_names(store)
    write_record(store / "reports" / "hostile" / "report.json", _report())
    return store


def _spoil(path: Path) -> None:
    """Put a lone surrogate where a placeholder stands: our own writers cannot."""
    path.write_text(path.read_text("utf-8").replace("SURROGATE", "a \\ud800 PWNED"), "utf-8")


def _outside_names(store: Path) -> None:
    """Records whose sample files are elsewhere, or have names that no file can have."""
    outside = store.parent / "outside" / "samples"
    outside.mkdir(parents=True)
    secret = sample(problem_id="secret", generation="OUTSIDE THE STORE")
    (outside / "damaged.jsonl").write_bytes(msgspec.json.encode(secret)[:-20])
    (outside / "whole.jsonl").write_bytes(msgspec.json.encode(secret) + b"\n")
    names = (
        "../../../../outside/samples/whole.jsonl",
        str(outside / "whole.jsonl"),
        "../../../../outside/samples/damaged.jsonl",
        "samples/" + "y" * 5000,
        "samples/nul\0.jsonl",
        "../" * 40 + "etc/passwd",
        "/etc/passwd",
        "samples/..",
    )
    made = store / "reports" / "hostile" / "records" / "run0.json"
    for number, name in enumerate(names):
        changed = json.loads(made.read_text("utf-8"))
        changed |= {"run_id": f"outside{number}", "model": f"PWNED outside {number}"}
        for one in changed["cells"]:
            one["sample_file"] = name
        path = store / "reports" / "outside" / "records" / f"outside{number}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(changed), "utf-8")


def _report() -> object:
    """A report with an attack in every text."""
    names = NAMES[:4]
    rows = tuple(
        VariantRow(name=name, label=NAMES[-1], trained=variant("x").trained, steps=1)
        for name in names
    )
    made = experiment(
        experiment=NAMES[0],
        question=NAMES[1],
        profile="starter",
        reference=names[1],
        variants=rows,
        scores=(),
        effects=(),
    )
    one, two = experiment().effects
    return msgspec.structs.replace(
        made,
        effects=(
            msgspec.structs.replace(one, variant=names[0], reference=names[1], note=NAMES[2]),
            msgspec.structs.replace(
                two, variant=names[2], reference=names[1], language=NAMES[5], task="mgsm"
            ),
        ),
        scores=tuple(
            msgspec.structs.replace(score, variant=names[place % 2])
            for place, score in enumerate(report().scores[:1])
        ),
        gaps=(Gap(variant=names[0], task="", metric="", language="", text=NAMES[5]),),
        caveats=NAMES[:6],
        config={NAMES[0]: NAMES[1]},
        started=NAMES[0],
        command=("ultralink-bench", *NAMES[:3]),
        versions={NAMES[0]: NAMES[1]},
        records=(NAMES[6],),
        parameters={NAMES[0]: NAMES[1]},
        tables=(text_table(NAMES[0], NAMES[:2], [NAMES[2:4], NAMES[5:7]], *NAMES[:3]),),
    )
