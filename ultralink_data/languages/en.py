"""English."""

from ultralink_data.languages.sections import Builder, HumanEval, Language, Mgsm, Translate

LANGUAGE = Language(
    code="en",
    builder=Builder(
        answer_sentence="The answer is {answer}.",
        code_request=("Complete this Python function.\n\n{prompt}"),
        code_reply="Here is the function:",
    ),
    translate=Translate(english_name="English", own_name="English"),
    mgsm=Mgsm(
        question="Question: ",
        answer="Answer:",
        answer_step_by_step="Step-by-Step Answer:",
        direct_instruction=("{question}\n\nGive only the final answer as a number."),
        native_cot_instruction=(
            "{question}\n\n"
            'Solve the problem step by step. End with the sentence "The answer is ..." and the number.'
        ),
        answer_phrases=(
            r"\banswer (?:to (?:the|this) (?:question|problem) )?(?:is|(?:would|should|will|must) be)\b:?",
            r"\banswer\s*[:=]",
            r"(?m:^[^\w\n]*(?:final )?answer[^\w\n]*$)",  # a heading
        ),
        decimal_mark=".",
        group_marks=",\u00a0\u2009\u202f",
    ),
    humaneval=HumanEval(
        instruction=(
            "Complete the following Python function. Reply with the whole function in one code block.\n\n"
            "```python\n"
            "{prompt}```"
        ),
    ),
)
