"""Simplified script: OpenCC's t2s, the forms that it leaves, and text that is simplified already.

t2s takes any text for traditional, in the standard forms of its own dictionary. So it leaves what
Hong Kong and Taiwan write (穿著, 甚麼) and rarer variants (敍, 糭, 痺), and it changes text that
is simplified already: 打坏 (broken) becomes 打坯, and 沈静, a name, becomes 沉静.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

# Forms that t2s leaves, each before its simplified form. None is a character of its own in
# simplified text; those that the table of 2013 (通用规范汉字表) restored for names are left out.
# First what Hong Kong and Taiwan write, and two that simplified text writes in two ways; then the
# forms of older print; then variants of the table of 1955 (第一批异体字整理表).
_VARIANTS: dict[str, str] = dict(
    re.findall(
        r"(\S)(\S)",
        """
        妳你牠它衞卫敍叙枱台糭粽粧妆痺痹簷檐荳豆籐藤菓果揹背伕夫濬浚隄堤鎗枪姪侄砲炮珮佩傚效倣仿
        鑛矿嬾懒銲焊瑯琅燄焰拏拿觔斤斲斫暱昵睪睾徬彷髣仿髴佛锺钟馀余

        靑青淸清尙尚姸妍屛屏緖绪鄕乡顚颠兎兔晩晚毎每硏研吿告槪概愼慎髙高黙默飮饮囘回囬回

        痲麻疎疏踈疏糢模隣邻閙闹鬪斗鬭斗鬬斗鵞鹅倂并竝并稉粳秔粳酖鸩醼宴諠喧譔撰壻婿聟婿鼇鳌彜彝
        徧遍慙惭慽戚椶棕欵款氷冰燐磷犂犁瑠琉畧略碁棋稾稿槀稿窓窗牕窗縂总脇胁蔴麻覩睹觝抵賸剩賛赞
        逈迥濶阔隷隶襍杂鞵鞋韮韭顋腮飜翻鹻碱麤粗亾亡俛俯僊仙冺泯刧劫刦劫刼劫剏创剙创劒剑勦剿匃丐
        叅参呌叫呪咒咊和咲笑嗁啼嘠嘎噉啖啗啖囓啮囯国圅函堿碱塲场塼砖甎砖墪墩妬妒姉姊婣姻婬淫媿愧
        宂冗寃冤寕宁寜宁寳宝尅克峝峒峩峨崐昆崘仑巵卮帋纸帬裙幙幕幇帮幚帮庻庶廐厩廏厩廼乃廽回彊强
        徃往恠怪恡吝悋吝悤匆怱匆忩匆愬诉慂恿憇憩凴凭懽欢戞戛拕拖抝拗挿插揷插捥腕揅研揑捏搆构搇揿
        搨拓搥捶搾榨撦扯擕携擧举攷考敂叩斾旆昬昏晢晰暎映皜皓暸瞭曡叠疉叠朞期朶朵栁柳
        桺柳桮杯棃梨盌碗椗碇楳梅樐橹艪橹檝楫櫈凳櫂棹欎郁欝郁歗啸歛敛殀夭毬球氊毡汚污沍冱涖莅淛浙
        渇渴湌餐飡餐湼涅澁涩澣浣濳潜灋法烖灾烱炯煑煮煖暖煗暖熈熙爕燮牋笺牓榜狥徇猂悍猨猿
        蝯猿獘弊獧狷玅妙玆兹琹琴瑇玳瓈璃瓌瑰甁瓶缾瓶罋瓮甞尝畊耕畒亩畞亩畱留畺疆瘉愈瘖喑癎痫皃貌
        皐皋臯皋皷鼓鼔鼓盇盍眎视眡视眘慎睠眷瞇眯矁瞅矙瞰碪砧礟炮磒陨祘算秊年秌秋穉稚穅糠窰窑
        窻窗竒奇竢俟笧册笻筇筞策筯箸箎篪箒帚箠棰籖签粇糠糚妆絏绁緐繁緜绵縚绦繖伞繦襁罇樽羗羌羮羹
        翄翅聫联聮联聨联肎肯肐胳肧胚肬疣胑肢胷胸脃脆脗吻膓肠臈腊臋臀臕膘臝裸躶裸舩船艁造艢樯菢抱
        萲萱蕿萱蘐萱葊庵葠参葢盖蔆菱蕋蕊蘂蕊蘃蕊蕚萼蘓苏虵蛇蚉蚊蟁蚊螡蚊蚘蛔蛕蛔蜖蛔蜨蝶蝡蠕蝱虻
        螘蚁螙蠹蠧蠹蠏蟹蠭蜂衂衄衇脉袠帙袴裤袵衽裌夹裠裙襃褒襢袒覊羁覇霸覔觅覰觑譌讹詧察誖悖諐愆
        謌歌謩谟讁谪賷赍貮贰趂趁趦趑跥跺跴踩踁胫踫碰蹏蹄躭耽軆体輙辄輭软辠罪辢辣辬斑迯逃逩奔逬迸
        遯遁酧酬醻酬醎咸鉏锄銕铁啣衔鍫锹鎻锁鏁锁鑵罐闚窥阨厄阬坑阯址隂阴隟隙雝雍霤溜靁雷靣面靭韧
        靱韧鞀鼗韈袜韤袜頥颐顖囟顦憔飃飘餁饪饍膳饝馍馿驴駮驳騐验騗骗騣鬃鬉鬃驘骡骾鲠髈膀髤髹髩鬓
        鬂鬓鼈鳖鱓鳝鴈雁鵶鸦鷰燕鸎莺麞獐鼃蛙齅嗅兠兜冐冒冨富凢凡匲奁卋世厛厅嚔嚏噐器坿附垇坳
        堦阶塟葬夘卯妷侄姙妊孼孽宐宜宼寇冦寇寑寝尒尔屇届帀匝幎幂徳德惪德怳恍悮误愽博慇殷慴慑懃勤
        旾春朢望桒桑桼漆椉乘棅柄樷丛梱捆毘毗
        """,
    )
)
_SURNAMES = "李王张張刘劉陈陳杨楊赵趙吴吳周徐孙孫马馬朱胡郭何林罗羅高郑鄭萧蕭谢謝许許韩韓曹"
_DRY = "燥旱杯脆草果糧粮枯涸洗冰貨货菜麵面貝贝酪咳裂癟瘪癣電电湿濕酵淨净粉柴嚎瘦硬糙澀涩渴巴眼馏餾"
# What t2s would break: 打坏, 菜薹 (菜苔 is another plant), 多重覆盖, 李乾.
_KEPT = re.compile(f"(坏|薹|覆(?=[盖蓋没沒灭滅])|(?<=[{_SURNAMES}])乾(?![{_DRY}]))")
_MAY_BE_KEPT = re.compile("[坏薹覆乾]")

# Verbs before 著 that stands for 着; what stands before or behind the 著 of writing and of 显著.
_VERBS = (
    "穿看听想说走坐站拿带跟随沿朝向望抱背拉推提握捧举扛挑挂吊躺睡醒笑哭喊叫唱跳跑追赶等守护活忙急闭睁开关打骂吃喝"
    "吸抽烧煮煎炒烤藏躲放摆写画刻印标贴围绕靠倚倒趴蹲跪骑乘驾载运送牵领扶夹含咬叼披戴裹盖铺垫遮挡拦插种长留剩保持"
    "怀为味接紧顺凭借仗赖盼念惦记爱恨怕对当照按本挨沉附执衣胶粘黏隔踏踩盯瞪凝注攥捏摸抚抓揪吹刮飘飞游转晃摇抖闪亮"
    "冒流淌滴滚燃映伴陪陷处存在有空饿病痛忍熬挣闹嚷吵聊谈问答教学练演弹奏播住待呆歇侧低昂仰俯弯跨迎冲奔涌逼压管使"
    "用得不见犯仿绘过续身镶嵌托涵斥伏距斜布引缚"
)
_VERB_PAIRS = "林立|耸立|矗立|标志|守卫|统治|管理|引导|流传|变化|充满|讨论"
_WRITTEN = "无水专名巨原合编论遗显昭卓土拙译新旧主彰较自所独撰校其"
_WRITING = "作名述称录者书文于《"
_BEGUN = "急手重想眼陆凉火迷装实落力色魔慌忙墨生"
_WHILE = (
    f"(?:(?<=[{_VERBS}])|(?<={_VERB_PAIRS}))著(?![{_WRITING}])|(?<![{_WRITTEN}])著(?=[{_BEGUN}])"
)

# Characters that are another one in certain words only; looked for after t2s.
_IN_WORDS = {
    char: (re.compile(pattern), simple)
    for char, pattern, simple in (
        ("著", _WHILE, "着"),
        ("藉", "(?<![慰狼枕蕴藉])藉(?=[口此由以助故着著机])|(?<=凭)藉", "借"),
        ("覆", "(?<=[回答反重批函])覆(?![盖没灭])|(?<=反覆)覆", "复"),
        ("瞭", "瞭(?=[解然如若])|(?<=明)瞭", "了"),
        (
            "沈",
            "(?<!辽)沈(?=[没默重溺睡痛闷沦浸降陷迷船甸湎积淀])|(?<=[深低阴浮消昏])沈(?![阳海丹])",
            "沉",
        ),
        ("乾", f"乾(?=[{_DRY}])|(?<=[饼萄果肉豆鱼晒烘擦吹晾风烤拧喝榨阴笋菜口未绞拭枯涸])乾", "干"),
        ("甚", "甚(?=么)", "什"),
        ("哩", "(?<=[英海])哩", "里"),
        ("徵", "(?<=魏)徵", "征"),
        ("彷", "彷(?=[佛彿])", "仿"),
    )
}
# In traditional text 著 before a further character is 着 unless it is of writing.
_WHILE_TRADITIONAL = re.compile(
    f"{_WHILE}|(?<![{_WRITTEN}])著(?=[\u4e00-\u9fff])(?![{_WRITING}有的])"
)
_LEFT = re.compile(f"[{''.join(_VARIANTS)}{''.join(_IN_WORDS)}]")

_BMP_HAN = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000))
_RARE_HAN = "\U00020000-\U000323af"  # beyond the BMP: too many to list in a pattern
_AMBIGUOUS = "乾坏薹"  # t2s converts them, but they are simplified characters as well


def simplify(text: str) -> str:
    """Return folded text in simplified script; applied to its own result it changes nothing.

    Simplified text stays as it is, but for variants of a character (穿著, 舖, 锺).

    >>> simplify("創客擔當"), simplify("李乾"), simplify("餅乾")
    ('创客担当', '李乾', '饼干')
    >>> simplify("他看著窗外的專著"), simplify("老舍的名著")
    ('他看着窗外的专著', '老舍的名著')
    """
    if text.isascii():
        return text
    while _any().search(text):
        simple = _simplify_once(text)
        if simple == text:
            break
        text = simple
    return text


def simplify_in_place(text: str) -> str:
    """Return text in simplified script if each of its characters keeps its place, else as it is.

    >>> simplify_in_place("創客擔當")
    '创客担当'
    """
    simple = simplify(text)
    return simple if len(simple) == len(text) else text


def _simplify_once(text: str) -> str:
    found = _converted().search(text)
    if found is None:
        return _LEFT.sub(_in_words, text)
    traditional = found[0] < _RARE_HAN[0] or _traditional().search(text) is not None
    pieces = _KEPT.split(text) if _MAY_BE_KEPT.search(text) else [text]
    pieces[::2] = [str(_converter().convert(piece)) for piece in pieces[::2]]
    simple = "".join(pieces)
    return _LEFT.sub(_in_traditional_words if traditional else _in_words, simple)


def _in_words(left: re.Match[str]) -> str:
    char = left[0]
    if char in _VARIANTS:
        return _VARIANTS[char]
    pattern, simple = _IN_WORDS[char]
    return simple if pattern.match(left.string, left.start()) else char


def _in_traditional_words(left: re.Match[str]) -> str:
    if left[0] == "著" and _WHILE_TRADITIONAL.match(left.string, left.start()):
        return "着"
    return _in_words(left)


@cache
def _any() -> re.Pattern[str]:
    """Return what `simplify` may change: most simplified text has nothing of it."""
    return re.compile(f"[{_t2s_changes()}{_RARE_HAN}{''.join(_VARIANTS)}{''.join(_IN_WORDS)}]")


@cache
def _converted() -> re.Pattern[str]:
    """Return what makes it worth asking t2s."""
    return re.compile(f"[{_t2s_changes()}{_RARE_HAN}]")


@cache
def _traditional() -> re.Pattern[str]:
    """Return the characters of the BMP that only traditional text has."""
    return re.compile(f"[{_t2s_changes()}]")


@cache
def _t2s_changes() -> str:
    """Return the characters of the BMP that t2s converts by themselves, without `_AMBIGUOUS`."""
    every = [chr(code) for part in _BMP_HAN for code in part]
    simple = _converter().convert("\n".join(every)).split("\n")
    changed = (char for char, to in zip(every, simple, strict=True) if char != to)
    return "".join(char for char in changed if char not in _AMBIGUOUS)


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC  # noqa: PLC0415 - its dictionaries load only where they are needed

    return OpenCC("t2s")
