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
他戴著名牌手錶|他戴着名牌手表
他讀著名著長大|他读着名著长大
孩子由他背著，很累|孩子由他背着，很累
接著有一天下雨|接着有一天下雨
沿著有樹的路|沿着有树的路
得知著火後|得知着火后
雙手合著眼睛|双手合着眼睛
她編著辮子|她编着辫子
桌上堆著書|桌上堆着书
忙著作畫|忙着作画
他意味著有人|他意味着有人
屋裡住著有錢人|屋里住着有钱人
隨著名聲上升|随着名声上升
有著名望的人|有着名望的人
看著名單|看着名单
帶著名片|带着名片
寫著名字|写着名字
掛著名畫|挂着名画
頂著名號|顶着名号
有著名氣|有着名气
為著名利|为着名利
有著名為甲的人|有着名为甲的人
開著名貴的車|开着名贵的车
存在著名義上的差別|存在着名义上的差别
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
著有成效的辦法|著有成效的办法
著名牌坊很舊|著名牌坊很旧
他的著名著作|他的著名著作
這本書由錢鍾書著，很好|这本书由钱锺书著，很好
他著有一部小說|他著有一部小说
他著有小說多部|他著有小说多部
與人合著一書|与人合著一书
高原著名|高原著名
以著名演員身分|以著名演员身分
著名的名著|著名的名著
享有著名聲譽|享有著名声誉
著名字體設計師|著名字体设计师
著名片商|著名片商
著名單曲|著名单曲
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
