"""Chinese."""

from ultralink_data.languages.sections import (
    Builder,
    Ground,
    HumanEval,
    Language,
    Mgsm,
    Numbers,
    Phrases,
    Translate,
)

LANGUAGE = Language(
    code="zh",
    builder=Builder(
        answer_sentence="答案是{answer}。",
        code_request=("请补全下面的 Python 函数。\n\n{prompt}"),
        code_reply="函数如下：",
    ),
    translate=Translate(english_name="Chinese", own_name="中文"),
    numbers=Numbers(
        decimal_mark=".",
        group_marks=",",
        words="""""",
        joiners=(),
        prefix="",
        compounds=False,
        units_first=False,
        multiples=(),
    ),
    phrases=Phrases(
        refusals=(
            r"(?:很|非常)?抱歉",
            r"对不起",
            r"我(?:无法|不能)",
            r"作为(?:一个|一名)?(?:人工智能|AI|语言模型)",
        ),
        prefaces=(
            r"(?:以下|下面|这)是.{0,6}(?:翻译|译文|问题|回答|答案)",
            r"(?:好的|当然)[，！。：,!]",
            r"(?:翻译|译文)\s*[：:]",
        ),
        source_mentions=(
            r"(?:根据|按照|在|从)(?:这|本|上述|给定的?|所给的?|提供的?)?(?:段|篇|份|个)?(?:文本|文档|文章|文中|文字|段落|条目|资料|材料|短文)",
            r"(?:文本|文档|文章|文)中(?:提到|指出|说|没有)",
        ),
        question_mark="？",
        script="CJK",
    ),
    ground=Ground(
        first_question="""下面是百科条目“{title}”的一部分。

{document}

设想一位从未见过这个条目、充满好奇心的人。请写出这个人可能会问、并且条目能够回答的一个问题。问题本身要能看懂，要点明所问的对象，不要提到条目。只写问题，用中文。""",
        answer="""背景资料：

{document}

问题：{question}

请依据背景资料，用中文完整、清楚地回答这个问题。要像本来就了解这个主题的人那样说话，不要提到有人给了你资料。只写回答。""",
        answer_without_document="""{question}

请用中文完整、清楚地回答。没有把握的细节就不要写。""",
        deeper="""背景资料：

{document}

到目前为止的对话：

{dialogue}

请写出提问者的下一个问题。这个问题要更深入：追问上一个回答中某一点的原因、原理或细节，并且背景资料能够回答。只能是一个问题，要接得上对话，不要提到任何资料。只写问题，用中文。""",
        broader="""背景资料：

{document}

到目前为止的对话：

{dialogue}

请写出提问者的下一个问题。这个问题要更宽广：转到主题中还没有谈到、并且背景资料能够回答的另一个方面。只能是一个问题，要接得上对话，不要提到任何资料。只写问题，用中文。""",
        user="提问者",
        assistant="专家",
        excluded_words=(
            "色情片",
            "成人影片",
            "情色片",
        ),
        chinese_conversion="t2s",
    ),
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
