"""Chinese."""

from ultralink_data.languages.sections import Builder, HumanEval, Language, Mgsm, Translate

LANGUAGE = Language(
    code="zh",
    builder=Builder(
        answer_sentence="答案是{answer}。",
        code_request=("请补全下面的 Python 函数。\n\n{prompt}"),
        code_reply="函数如下：",
    ),
    translate=Translate(english_name="Chinese", own_name="中文"),
    mgsm=Mgsm(
        question="问题：",
        answer="答案：",
        answer_step_by_step="逐步解答：",
        direct_instruction=("{question}\n\n只给出最终答案的数字。"),
        native_cot_instruction=("{question}\n\n请逐步解答这道题。最后以“答案是”加上数字结尾。"),
        answer_phrases=(
            r"答案(?:就|应该|应)?[是为]\s*[：:]?",
            r"答案?\s*[：:=]",
            r"(?m:^[^\w\n]*(?:最终)?答案[^\w\n]*$)",  # a heading
        ),
        decimal_mark=".",
        group_marks=",\u00a0\u2009\u202f",
    ),
    humaneval=HumanEval(
        instruction=(
            "请补全下面的 Python 函数。请在一个代码块中给出完整的函数。\n\n```python\n{prompt}```"
        ),
    ),
)
