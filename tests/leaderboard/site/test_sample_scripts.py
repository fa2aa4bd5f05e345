"""The explorer's index as its script reads and filters it, in a JavaScript engine alone."""

import json
import shutil
import subprocess
from importlib import resources

import pytest
from sample_stores import sample, write_run

from leaderboard.collection import load
from leaderboard.site.samples_page import write_samples
from tasks.saved_rows import Outcome

SCRIPTS = ("shards.js", "samples_index.js", "samples_search.js")

LOADER = """
globalThis.document = {
  createElement: () => ({
    listeners: {},
    addEventListener(name, act) { this.listeners[name] = act; },
    remove() {},
  }),
  head: {
    append(script) {
      let text;
      try {
        text = require("fs").readFileSync(`${process.argv[1]}/${script.src}`, "utf8");
      } catch {
        script.listeners.error();
        return;
      }
      eval(text);
      script.listeners.load();
    },
  },
};
"""


@pytest.fixture
def run(tmp_path):
    """Runs JavaScript behind the explorer's scripts, on the site of the test."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    folder = resources.files("leaderboard.site").joinpath("assets")
    scripts = "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS)

    def js(code):
        program = f"{LOADER}{scripts}\n(async () => {{ {code} }})().then((found) => \n"
        program += "process.stdout.write(JSON.stringify(found)));"
        done = subprocess.run(
            [node, "-e", program, str(tmp_path / "site")], capture_output=True, check=True
        )
        return json.loads(done.stdout)

    return js


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("100..2000", [100, 2000]),
        ("100..", [100, None]),
        (" ..20 ", [0, 20]),
        ("7", [7, 7]),
        (">=500", [500, None]),
        ("> 500", [501, None]),
        ("<500", [0, 499]),
        ("<=500", [0, 500]),
        ("=3", [3, 3]),
        ("many", None),
        ("..", None),
        ("", None),
        ("-3", None),
    ],
)
def test_lengths_are_read(run, text, bounds):
    assert run(f"return Samples.range({json.dumps(text)})") == bounds


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＡＢＣ　１２３", "abc 123"),
        ("STRASSE", "straße"),
        ("ΟΔΟΣ", "οδος"),
        ("ПРИВЕТ", "привет"),
        ("İstanbul", "istanbul"),
        ("ﬁle", "file"),
        ("ｶﾞ", "ガ"),
        ("e\u0301", "é"),
        ("مرحبا", "مرحبا"),
    ],
)
def test_a_search_sees_no_case_and_no_width(run, one, other):
    same = f"Samples.folded({json.dumps(one)}) === Samples.folded({json.dumps(other)})"
    assert run(f"return {same}")


HEAD = "const index = new Samples.SampleIndex(await Shards.json('samples'));"
LOADED = f"""{HEAD} await index.load(() => {{}});
const none = {{run: '', with: '', task: '', language: '', outcome: '', problem: '', length: '',
  order: '', differ: ''}};
const name = (s) => [index.head.runs[index.cellOf(s)[0]].name, index.problemId(s)].join(' ');
const [one, two] = index.head.runs.map((run) => run.key);"""


@pytest.fixture
def site(tmp_path):
    first = [
        sample("Ä/1", generation="x" * 30),
        sample("b/2", generation="y" * 10, outcome=Outcome.WRONG),
        sample("b/3", generation="Bananen kosten 12 €", outcome=Outcome.TRUNCATED),
    ]
    second = [
        sample("Ä/1", generation="z" * 5),
        sample("b/2", generation="", thinking="BANANEN"),
        sample("b/3", generation="n" * 20_000 + "banane", outcome=Outcome.TRUNCATED),
    ]
    write_run(tmp_path / "runs", "one", {("samples", "starter_math", "zh"): first}, started="1")
    write_run(
        tmp_path / "runs",
        "two",
        {("samples", "other", "ar"): first[:1], ("samples", "starter_math", "zh"): second},
        started="2",
    )
    write_samples(load(tmp_path / "runs"), tmp_path / "site", nearest=0)


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("{}", ["one Ä/1", "one b/2", "one b/3", "two Ä/1", "two Ä/1", "two b/2", "two b/3"]),
        ("{outcome: 'wrong'}", ["one b/2"]),
        ("{outcome: 'wrong,truncated'}", ["one b/2", "one b/3", "two b/3"]),
        ("{language: 'ar'}", ["two Ä/1"]),
        ("{task: 'starter_math', problem: 'ä'}", ["one Ä/1", "two Ä/1"]),
        ("{length: '<=10'}", ["one b/2", "two Ä/1", "two b/2"]),
        ("{run: two, order: 'longest'}", ["two b/3", "two Ä/1", "two Ä/1", "two b/2"]),
        ("{run: one, order: 'shortest'}", ["one b/2", "one b/3", "one Ä/1"]),
        ("{run: one, with: two, differ: 'yes'}", ["one b/2"]),
        ("{run: two, with: one, differ: 'yes'}", ["two b/2"]),
        ("{run: one, with: two}", ["one Ä/1", "one b/2", "one b/3"]),
        ("{run: 'gone'}", []),
    ],
)
def test_filters(site, run, state, found):
    code = f"return Array.from(index.filter({{...none, ...{state}}}), name).map((s) => s.slice(4))"
    assert run(LOADED + code) == found


def test_runs_differ_in_what_they_extracted_too(tmp_path, run):
    answers = (["4", None, "", "x" * 20_000 + "a"], ["4", "", None, "x" * 20_000 + "b"])
    for name, found in zip(("one", "two"), answers, strict=True):
        rows = [
            sample(f"p/{n}", extracted=text, outcome=Outcome.WRONG) for n, text in enumerate(found)
        ]
        write_run(tmp_path / "runs", name, {("samples", "starter_math", "zh"): rows}, started=name)
    write_samples(load(tmp_path / "runs"), tmp_path / "site", nearest=0)
    code = "index.filter({...none, run: one, with: two, differ: 'yes'})"
    found = run(f"{LOADED} return Array.from({code}, name)")
    assert [name[4:] for name in found] == ["one p/1", "one p/2", "one p/3"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("banane", ["one b/3", "two b/2", "two b/3"]),
        ("ＢＡＮＡＮＥＮ", ["one b/3", "two b/2"]),
        ("what is b", ["one b/2", "one b/3", "two b/2", "two b/3"]),
        ("nowhere", []),
    ],
)
def test_a_text_is_found_in_prompts_answers_thinking_and_long_texts(site, run, text, found):
    code = f"""const all = [];
    const steps = [];
    await Samples.search(index, index.filter(none), {json.dumps(text)}, (hits, done, of) => {{
      all.push(...hits); steps.push([done, of]);
    }}, () => true);
    return [all.map((s) => name(s).slice(4)), steps]"""
    hits, steps = run(LOADED + code)
    assert hits == found
    assert steps == [[0, 2], [1, 2], [2, 2]]


def test_a_shard_that_is_missing_or_damaged_is_named(site, run, tmp_path):
    (tmp_path / "site" / "data" / "p0.js").unlink()
    (tmp_path / "site" / "data" / "i0.js").write_text("damaged = 1;")
    told = "Shards.json('{}').catch((error) => error.message)"
    found = run(f"return [await {told.format('p0')}, await {told.format('i0')}]")
    assert found == [
        "data/p0.js is missing: copy the whole folder of the site",
        "data/i0.js is damaged: build the site again",
    ]
