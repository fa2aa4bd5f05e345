"""The particle of traditional Chinese becomes the one of simplified Chinese, its words do not."""

import re

import pytest

from ultralink_data.wiki.dump import Dump
from ultralink_data.wiki.wikitext import clean, convert_chinese

PARTICLE = """
他看著書。|他看着书。
在歷史上有著許多數學發現。|在历史上有着许多数学发现。
量的符號包含著大量的訊息。|量的符号包含着大量的讯息。
扮演著重要的角色|扮演着重要的角色
依著公理被推論|依着公理被推论
子領域相關連著。|子领域相关连着。
他活著，也笑著！|他活着，也笑着！
沿著河岸走，隨著時間過去|沿着河岸走，随着时间过去
接著他們來了|接着他们来了
意味著結束|意味着结束
本著良心|本着良心
著手準備，著重教育，著陸成功|着手准备，着重教育，着陆成功
房子著火了，孩子著涼了，別著急|房子着火了，孩子着凉了，别着急
執著|执着
發揮著作用|发挥着作用
寫著作業|写着作业
隨著名次上升|随着名次上升
拿著《時代》雜誌讀|拿着《时代》杂志读
抱著書包，背著書包|抱着书包，背着书包
討論著這個問題，爭論著|讨论着这个问题，争论着
結合著傳統，配合著音樂|结合着传统，配合着音乐
睜大著眼睛|睁大着眼睛
廁所著火了|厕所着火了
活著有什麼意義|活着有什么意义
帶著成功的喜悅|带着成功的喜悦
有著極高的名望|有着极高的名望
她翻譯著這段話|她翻译着这段话
（微笑著）你來了|（微笑着）你来了
草原著火|草原着火
"""
WORDS = """
柏林最著名的商業街|柏林最著名的商业街
有著名的勾股定理|有著名的勾股定理
由著名建築師設計|由著名建筑师设计
他的著作權|他的著作权
顯著的進步|显著的进步
原著小說，四大名著，巨著|原著小说，四大名著，巨著
專著、編著、合著、譯著|专著、编著、合著、译著
土著居民|土著居民
功勳卓著，臭名昭著，見微知著|功勋卓著，臭名昭著，见微知著
以風景著稱於世|以风景著称于世
著有《史記》|著有《史记》
著《紅樓夢》|著《红楼梦》
被宋代周密所著的書|被宋代周密所著的书
（明代柯尚遷著）|（明代柯尚迁著）
（清代杜知耕著）|（清代杜知耕著）
《史記》，司馬遷著。|《史记》，司马迁著。
著書立說，著述甚豐|著书立说，著述甚丰
作者的遺著和拙著|作者的遗著和拙著
著名畫家著有多部著作，有著深遠影響。|著名画家著有多部著作，有着深远影响。
"""


def pairs(table: str) -> list[tuple[str, ...]]:
    return [tuple(line.split("|")) for line in table.strip().splitlines()]


@pytest.mark.parametrize(("traditional", "simplified"), [*pairs(PARTICLE), *pairs(WORDS)])
def test_the_particle_changes_and_words_stay(traditional, simplified):
    assert convert_chinese(traditional, "t2s") == simplified


@pytest.mark.parametrize(
    "text", ["鲁迅著，人民文学出版社。", "张三等著", "他看着书。著名。", "", "两行\n三行"]
)
def test_simplified_text_stays_as_it_is(text):
    assert convert_chinese(text, "t2s") == text


def test_a_quotation_in_a_simplified_text_changes_by_itself():
    simplified = "这是一段很长的简体中文文字，里面有鲁迅著的书，" * 6
    both = f"{simplified}\n他看著書。"
    assert convert_chinese(both, "t2s") == f"{simplified}\n他看着书。"
    traditional = "這個問題討論著。" * 9 + "\n有著特别的意思"
    assert convert_chinese(traditional, "t2s").endswith("\n有着特别的意思")


def test_no_other_conversion_has_particles():
    assert "著" in convert_chinese("他看著書。", "t2tw")


def test_a_real_page_has_its_particles(benchmarks):
    path = benchmarks / "wikipedia" / "zhwiki_wikiclean-20150423-id13.xml"
    (page,) = (raw for raw in Dump(path, "zh").pages() if not raw.redirect)
    text = clean(page.text, language="zh", chinese_conversion="t2s")
    left = re.findall("..著.", text)
    assert len(left) == 10
    assert all(re.search("著[名作]|所著的|[迁耕]著）", found) for found in left)
    assert len(re.findall("着", text)) >= 25
