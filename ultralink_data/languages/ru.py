"""Russian."""

from ultralink_data.languages.sections import Builder, HumanEval, Language, Mgsm, Translate

LANGUAGE = Language(
    code="ru",
    builder=Builder(
        answer_sentence="Ответ: {answer}.",
        code_request=("Допишите эту функцию на Python.\n\n{prompt}"),
        code_reply="Вот эта функция:",
    ),
    translate=Translate(english_name="Russian", own_name="русский"),
    mgsm=Mgsm(
        question="Задача: ",
        answer="Ответ:",
        answer_step_by_step="Пошаговое решение:",
        direct_instruction=("{question}\n\nНапишите только окончательный ответ числом."),
        native_cot_instruction=(
            "{question}\n\nРешите задачу по шагам. В конце напишите «Ответ:» и число."
        ),
        answer_phrases=(
            r"\bответ\s*[:=]",
            # A dash that stands for "is"; directly before a digit it is a minus sign.
            r"\bответ\s*[—–-](?!\d)",
            r"\bответ(?:ом)? (?:равен|составляет|будет|является)\b:?",
            r"(?m:^[^\w\n]*(?:окончательный )?ответ[^\w\n]*$)",  # a heading
        ),
        decimal_mark=",",
        group_marks=". \u00a0\u202f",
    ),
    humaneval=HumanEval(
        instruction=(
            "Допишите следующую функцию на Python. Ответьте полной функцией в одном блоке кода.\n\n"
            "```python\n"
            "{prompt}```"
        ),
    ),
)
