"""The held-out chats of the starter set: parallel, in their language, in no training row."""

import pytest

from tasks.benchmark import Generation, Outcome
from tasks.benchmarks import starter_chat
from ultralink_data.errors import ConfigError, DataError
from ultralink_data.starter.dialogues import base_texts, starter_dialogues
from ultralink_data.text.language_id import is_language

CHAT = starter_chat.BENCHMARK


def chats(language):
    return CHAT.problems(language, None)


def graded(language, *texts):
    problem = chats(language)[0]
    answers = [Generation(problem_id=problem.problem_id, text=text) for text in texts]
    return CHAT.grade({problem.problem_id: problem}, answers, "chat")


def test_chats_are_parallel_and_sorted() -> None:
    ids = [[problem.problem_id for problem in chats(code)] for code in CHAT.languages]
    assert all(one == ids[0] for one in ids)
    assert ids[0] == sorted(ids[0])
    assert len(ids[0]) == 16


@pytest.mark.parametrize("language", CHAT.languages)
def test_question_and_answer_are_in_their_language(language: str) -> None:
    for problem in chats(language):
        assert is_language(f"{problem.question} {problem.answer}", language), problem.problem_id
        assert problem.question[-1] in "?\uff1f" or "?" in problem.question + problem.answer


@pytest.mark.parametrize("language", CHAT.languages)
def test_no_chat_is_in_what_models_are_trained_on(language: str) -> None:
    seen = {turn for row in starter_dialogues(0, 1, (language,)) for turn in row.turns}
    read = "\n".join(base_texts(0, 1))
    for problem in chats(language):
        assert problem.question not in seen
        assert problem.question not in read
        assert problem.answer[:40] not in read


def test_an_answer_is_graded_by_its_language_alone() -> None:
    english, chinese = chats("en")[1].answer, chats("zh")[1].answer
    right, wrong, empty = graded("zh", chinese, english, " 12 ")
    assert (right.outcome, right.extracted) == (Outcome.CORRECT, "Chinese")
    assert (wrong.outcome, wrong.extracted) == (Outcome.WRONG, "English")
    assert empty.outcome is Outcome.NO_ANSWER


def test_the_reference_is_the_written_answer_to_the_bare_question() -> None:
    problem = chats("fr")[0]
    reference = CHAT.reference(problem, "chat")
    assert (reference.prompt, reference.target) == (problem.question, problem.answer)
    with pytest.raises(ConfigError, match="protocol of starter_chat"):
        CHAT.request(problem, "chta")
    with pytest.raises(ConfigError, match="language of starter_chat"):
        chats("de")


def test_a_damaged_file_is_named(tmp_path, monkeypatch) -> None:
    (tmp_path / "en.toml").write_text('[echo]\nquestion = "Why?"\n')
    monkeypatch.setattr(starter_chat, "FOLDER", tmp_path)
    starter_chat._exchanges.cache_clear()
    with pytest.raises(DataError, match=r"en\.toml: Object missing required field `answer`"):
        chats("en")
    starter_chat._exchanges.cache_clear()
