"""Load a tokenizer so that it reads text as the model's files say; the one place that does.

`transformers` 5 builds some tokenizers anew by the class that the folder names, whatever the
folder's own tokenizer.json does, and leaves out some fields of GGUF files. Both change scores in
silence. So what was loaded is compared with the stored file on short texts, and GGUF fields are
read here.
"""

from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from ultralink_data.adapters import base_of, is_adapter
from ultralink_data.errors import PrerequisiteError
from ultralink_data.gguf_fields import adds_bos, adds_space, read_fields
from ultralink_data.libraries import first_words, import_transformers
from ultralink_data.pretrained import GGUF, TOKENIZER_FILE, from_pretrained

PROBES: Final = {
    "blanks": "a  b   c\td ",
    "a blank in front": " a",
    "line ends": "a\nb\n\nc\r\nd",
    "English": "It's 12,345.67 kg: \u201cwell-known\u201d (50 %)?",
    "code": "def add(a, b=[0]):\n    if a != 1:\n\treturn a  # {x}\n",
    # Written as numbers: letters of other scripts stand in the files of languages only.
    "Chinese": "\u7b54\u6848\u662f 42\u3002\u4f60\u597d\uff0c\u4e16\u754c\uff01",
    "Russian": "\u041e\u0442\u0432\u0435\u0442: \u0451\u043b\u043a\u0438 \u0438 \u0449\u0438.",
    "Hindi": "\u0909\u0924\u094d\u0924\u0930 \u0939\u093f\u0928\u094d\u0926\u0940 \u0967\u0968",
    "Arabic": "\u062c\u0648\u0627\u0628: \u0645\u064e\u0631\u062d\u0628\u0627\u060c \u0663",
}
"""Texts that tokenizers differ on, by what they show."""


class LoadedTokenizer(NamedTuple):
    """A fast `transformers` tokenizer (a slow one if the files allow no other).

    `note` says in a sentence where it is not what `transformers` makes of the files; "" if it is.
    It names no path, as it may be part of an artefact.
    """

    tokenizer: Any
    note: str


def load_tokenizer(spec: str | Path) -> LoadedTokenizer:
    """The tokenizer of a model folder, a `.gguf` file or a hub name; of adapters or their base.

    If `transformers` reads a probe other than the folder's tokenizer.json does, that file is used
    as it is. Of a GGUF file it is also known whether a BOS and a space start each text. A tokenizer
    that ends each text with an EOS no longer does: a prompt is not finished.

    Raises:
        PrerequisiteError: it is missing or damaged, a package is missing, or it has no tokens for
            plain text.
    """
    import_transformers()
    from transformers import AutoTokenizer

    if is_adapter(spec) and not any(Path(spec).glob("tokenizer*")):
        spec = base_of(spec)
    if Path(spec).suffix == GGUF:
        tokenizer, notes = _of_gguf(AutoTokenizer, Path(spec))
    else:
        tokenizer, notes = _of_files(AutoTokenizer, spec)
    if _end_left_out(tokenizer):
        notes.append("the tokenizer ends every text with EOS, which is left out")
    return LoadedTokenizer(tokenizer, "; ".join(notes))


def _of_gguf(loader: Any, path: Path) -> tuple[Any, list[str]]:
    """The tokenizer of a GGUF file, and a note if the BOS that starts its texts has no id there."""
    if not path.is_file():
        return from_pretrained(loader, path), []  # says what is missing
    fields = read_fields(path)
    tokenizer = from_pretrained(loader, path, add_bos_token=adds_bos(fields))
    if not adds_space(fields):
        _without_space(tokenizer)
    lost = adds_bos(fields) and tokenizer.bos_token_id is None
    what = "the GGUF file wants a BOS in front of every text and names none: none is added"
    return tokenizer, [what] if lost else []


def _without_space(tokenizer: Any) -> None:
    """Put no space in front of a text, as `transformers` does for any sentencepiece vocabulary."""
    from tokenizers import decoders, pre_tokenizers

    backend = tokenizer.backend_tokenizer
    before = backend.pre_tokenizer
    if not isinstance(before, pre_tokenizers.Metaspace) or before.prepend_scheme == "never":
        return
    backend.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="never", split=before.split)
    # Without the step that strips the first space of what is decoded.
    backend.decoder = decoders.Sequence(
        [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()]
    )


def _of_files(loader: Any, spec: str | Path) -> tuple[Any, list[str]]:
    """The tokenizer of a folder or a hub name, and a note on it.

    A class that cannot take the folder's tokenizer.json, which may be of another model's kind, is
    passed over.
    """
    try:
        return _as_stored(from_pretrained(loader, spec), spec)
    except PrerequisiteError as error:
        stored = _stored(spec) if (Path(spec) / TOKENIZER_FILE).is_file() else None
        if stored is None or error.__cause__ is None:  # ours, not one of `transformers`
            raise
        from transformers import PreTrainedTokenizerFast, __version__

        plain = from_pretrained(PreTrainedTokenizerFast, spec)
        if _differing(plain, stored):
            raise
        return plain, [
            f"the tokenizer's {TOKENIZER_FILE} is used as it is: transformers {__version__} cannot "
            f"make the class of it that the folder names ({type(error.__cause__).__name__})"
        ]


def _as_stored(tokenizer: Any, spec: str | Path) -> tuple[Any, list[str]]:
    """The tokenizer, or the stored one if that reads a probe otherwise; and a note on it."""
    stored = _stored(spec)
    if stored is None:
        if _reads_nothing(tokenizer):
            raise PrerequisiteError(
                f"the tokenizer of {spec} drops plain English text: its files lack the vocabulary",
                hint=f"fetch the model's {TOKENIZER_FILE}, or vocab.json and merges.txt, again",
            )
        return tokenizer, []
    wrong = _differing(tokenizer, stored)
    if not wrong:
        return tokenizer, []
    from transformers import PreTrainedTokenizerFast, __version__

    # The base class takes tokenizer.json as it is, and the rest from tokenizer_config.json.
    plain = from_pretrained(PreTrainedTokenizerFast, spec)
    still = _differing(plain, stored)
    if still:
        raise PrerequisiteError(
            f"transformers {__version__} reads {', '.join(still)} otherwise than {spec}'s own "
            f"{TOKENIZER_FILE}",
            hint="make tokenizer_config.json agree with it, or save the tokenizer again",
        )
    name = type(tokenizer).__name__
    return plain, [
        f"the tokenizer's {TOKENIZER_FILE} is used as it is: transformers {__version__} makes a "
        f"{name} of it that reads {', '.join(wrong)} otherwise"
    ]


def _stored(spec: str | Path) -> Any:
    """The stored tokenizer as its library reads it; None if there is none."""
    from tokenizers import Tokenizer

    if Path(spec).is_dir():
        file = Path(spec) / TOKENIZER_FILE
        if not file.is_file():
            return None
    else:
        from transformers.utils import cached_file

        found = cached_file(
            str(spec),
            TOKENIZER_FILE,
            _raise_exceptions_for_missing_entries=False,
            _raise_exceptions_for_connection_errors=False,
        )
        if found is None:
            return None
        file = Path(found)
    try:
        stored = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises this very class
        raise PrerequisiteError(
            f"cannot read {file}: {first_words(error)}", hint="make or fetch the file again"
        ) from error
    # A file may have been saved with both switched on; `transformers` decides them for each call.
    stored.no_padding()
    stored.no_truncation()
    return stored


def _differing(tokenizer: Any, stored: Any) -> list[str]:
    """Names of the probes whose tokens are not the stored tokenizer's."""
    settings = getattr(tokenizer, "init_kwargs", {})
    splits = bool(settings.get("fix_mistral_regex"))
    if splits:
        stored = _with_split_of(tokenizer, stored)
    # A space in front of each text is an option of the folder, not part of the vocabulary.
    own = settings.get("add_prefix_space") is not None
    return [
        name
        for name, text in PROBES.items()
        if (
            _ids(tokenizer, text) != _stored_ids(stored, text)
            and not (own and _later_ids(tokenizer, text) == _later_stored_ids(stored, text))
        )
        or (splits and not _written_alike(tokenizer, stored, text))
    ]


def _written_alike(tokenizer: Any, stored: Any, text: str) -> bool:
    """Whether both make the same text of the stored tokens.

    With another split a class may read a text right that it does not write right.
    """
    ids = _stored_ids(stored, text)
    loaded = getattr(tokenizer, "backend_tokenizer", None)
    return loaded is None or bool(loaded.decode(ids) == stored.decode(ids))


def _with_split_of(tokenizer: Any, stored: Any) -> Any:
    """The stored tokenizer with the split that a folder asks for instead of its file's.

    This is all that `fix_mistral_regex` changes; what else differs is still a difference.
    """
    from tokenizers import Tokenizer, pre_tokenizers

    loaded = getattr(tokenizer, "backend_tokenizer", None)
    parts = loaded.pre_tokenizer if loaded is not None else None
    if not isinstance(parts, pre_tokenizers.Sequence):
        return stored
    split = parts[0]
    if not isinstance(split, pre_tokenizers.Split):
        return stored
    changed = Tokenizer.from_str(stored.to_str())
    before = changed.pre_tokenizer
    if isinstance(before, pre_tokenizers.Sequence):
        before[0] = split
    else:
        if before is None or isinstance(before, pre_tokenizers.Metaspace):
            before = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
        changed.pre_tokenizer = pre_tokenizers.Sequence([split, before])
    return changed


def _ids(tokenizer: Any, text: str) -> list[int]:
    """The ids of a text; none if the tokenizer cannot read it."""
    with suppress(Exception):  # the library raises this very class where a token is not there
        return list(tokenizer(text, add_special_tokens=False)["input_ids"])
    return []


def _stored_ids(stored: Any, text: str) -> list[int]:
    return list(stored.encode(text, add_special_tokens=False).ids)


def _later_ids(tokenizer: Any, text: str) -> list[int]:
    """The ids of `text` on a later line, where no space is put in front."""
    return _ids(tokenizer, f"a\n{text}")[len(_ids(tokenizer, "a\n")) :]


def _later_stored_ids(stored: Any, text: str) -> list[int]:
    return _stored_ids(stored, f"a\n{text}")[len(_stored_ids(stored, "a\n")) :]


def _reads_nothing(tokenizer: Any) -> bool:
    """Whether no letter of an English text is in any token."""
    return not any(
        piece not in (None, tokenizer.unk_token) and any(map(str.isalnum, piece))
        for piece in tokenizer.convert_ids_to_tokens(_ids(tokenizer, PROBES["English"]))
    )


def _end_left_out(tokenizer: Any) -> bool:
    """Stop a tokenizer from adding an EOS; whether it did."""
    ids, end = list(tokenizer("a")["input_ids"]), tokenizer.eos_token_id
    plain = _ids(tokenizer, "a")
    if end is None or ids[-1:] != [end] or plain[-1:] == [end]:
        return False
    if tokenizer.is_fast:
        begins = tokenizer.bos_token_id is not None and ids[:1] == [tokenizer.bos_token_id]
        tokenizer.add_bos_token = begins
    tokenizer.add_eos_token = False
    return True
