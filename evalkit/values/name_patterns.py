"""Words by which names are recognised without a tagger: family names, titles, kinds of bodies."""

from __future__ import annotations

import re

from evalkit.values.name_words import PLACE_SUFFIXES, PROVINCES
from evalkit.values.patterns import any_of

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁"
    "蔡蒋余杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯"
    "江尹薛闫阎段雷龙黎史陶贺毛郝顾龚邵武钱戴严莫孔汤康洪乔章鲁葛俞詹殷焦倪单翁"
    "包左吉穆柳梅庄裴祝霍柴蒙鲍华骆邢齐纪舒屈项阮蓝季童颜樊凌虞柯房宗宁仇甘符景"
    "束司溥卓池闻党翟劳姬扶冉宰桂牛燕尚温晏瞿慕茹习容易耿匡国寇欧蔚隆聂晁敖辛曲"
    "封储靳丛尧岳佟涂苟占蔺仝盛郁"
)
# Words that begin with the same characters and may follow a title.
_OTHER_WORDS = """
    高度 高质 高新 高速 高级 高标 方面 方式 方案 任务 任何 任命 马上 金融 金额 金牌 石油 石家
    白天 雷达 武汉 夏季 季度 温度 康复 严格 严厉 毛利 余名 单位 曾任 曾经 包括 包片 包保 包联
    童年 国家 国内 国际 国企 容易 易地 华中 江汉 江苏 江西 江北 林业 龙头 党员 党委 党组 党支
    党建 尚未 封闭 项目 景区 盛大 左右 束手 庄重 何时 何地 章程 柳州 吉林 许多 许可 田间 钟头
    房屋 房产 宁波 甘肃 叶片 占公 占地 占比 范围 房建
"""
_NO_NAMES = frozenset(_OTHER_WORDS.split())
_TITLES = (
    "书记|主任|总?经理|董事长|[县市省区镇乡局厅部校院所处科会队站馆行社村组]长|主席|总裁|"
    "委员|秘书长|教授|记者|通讯员|博士|工程师|律师|法官|创始人|负责人|作者"
)
# These stand before many other words, so that the end of the name must show as well.
_LOOSE_TITLES = (
    "司机|专家|领队|教练|医生|护士|村民|居民|市民|老师|教师|民警|队员|选手|前锋|后卫|门将|"
    "导演|演员|歌手|作家|学者|院士|研究员|发言人|总理|总统|首相|大使|"
    "[名小老主宿干猛]将|冠军|亚军|主攻|副攻|接应|二传手?|球员|运动员|主帅|新秀|会计|[男女]孩|患者|学生|"
    "代表|[医药技厨]师|讲师|分析师|设计师|建筑师|政委|检察官|警官|指导员|画家|诗人|传承人|农户|果农|农民|"
    "工人|渔民|牧民|店主|店长|业主|乘客|游客|船长|机长|裁判|邻居|主持人|顾问|总监|家长|"
    "志愿者|老板|企业家|[被原]告人?|大户|青年|妻子|丈夫|父亲|母亲|儿子|女儿"
)
_SAYS = (
    "说|表示|介绍|指出|认为|强调|坦言|告诉|称|建议|提醒|透露|回应|呼吁|预计|估算|解释|分析|宣布|提出|"
    "判断|提示|补充|否认|证实|承认"
)
_FOLLOWERS = (
    "及其与和在为是任带率等说表介指认强坦告称曾的同向从对把就也又还已将不团有讲谈因于以到"
    "创办没地依赴走参受获担引投被夺跑拿仍并犯"
)
_GIVEN = rf"[\u4e00-\u9fff](?<![{_FOLLOWERS}])"
_PEOPLE = [
    re.compile(rf"(?:{_TITLES}|□)(?P<name>[{_SURNAMES}]{_GIVEN}(?:{_GIVEN})?)"),
    re.compile(
        rf"(?:{_LOOSE_TITLES})(?P<name>[{_SURNAMES}]{_GIVEN}(?:{_GIVEN})??)"
        rf"(?=[{_FOLLOWERS},。、;(]|{_SAYS})"
    ),
    re.compile(rf"(?:^|[,。;:!?\n、的])(?P<name>[{_SURNAMES}]{_GIVEN}(?:{_GIVEN})??)(?={_SAYS})"),
]
_FAMILY_AND_GIVEN = re.compile(rf"[{_SURNAMES}]{_GIVEN}(?:{_GIVEN})?")
_BEFORE_NAMES = frozenset(",。;:.\"'“”()、 \n的镇村县市区乡省和与及由让向对被把") | {""}
_NOT_LAST = PLACE_SUFFIXES | frozenset("厂场店湾坪岭江河湖桥路街院校站内")
_LONGEST_TITLE = 4
_SIGNED = re.compile(r"[□○■●◎◇]\s*(?P<name>\w{2,3})\s[^□○■●◎◇]*?\(作者(?P<office>[^()\n]{1,60})\)")
_TITLE = re.compile(f"副?(?:{_TITLES})")
_ENDS_WITH_TITLE = re.compile(f"(?:{_TITLES}|{_LOOSE_TITLES})$")

# 公司 is often the bare word, so that what stands before it need not be a name.
_COMPANY = re.compile("公司|集团|银行")
_KNOWN = re.compile(
    "国务院|全国人大|中央电视台|央视|新华社|人民日报|光明日报|经济日报|中宣部|中组部|发改委|"
    "(?:教育|财政|工信|科技|农业农村|生态环境|商务|文旅|住建|民政|人社)部(?!门)|"
    "(?:公安|司法)部(?!门)|联合国|世界银行|世卫组织|" + any_of(PROVINCES)
)
_BODY = re.compile(
    "大学|学院|中学(?!习)|小学(?!习)|高中|医院|研究所|研究院|委员会|协会|学会|基金会|"
    "出版社|电视台|支队|总队|大队|红十字会|气象台|指挥部|设计院|报社|日报|晚报|法院|检察院|组织部|宣传部|街道|"
    "(?:公安|财政|统计|建设|教育|民政|司法|商务|环保|农业|水利|林业|卫生)局"
)
_PLACE = re.compile(
    "省(?![委级长直内外会道城份却略了下去])|市(?![场民级委值区长容政面内直县])|"
    "县(?![域级委处长区乡直])|区(?![域级别委块位间长分直])|镇(?![域级委长定痛])|"
    "乡(?![村镇亲土愁风贤音])|村(?![民级委干书党支集容务庄子官组规里落后中风史企办居社长医])"
)
# Before 市, 区 and the like these make a common word: 全市, 上市, 社区, 城镇, 家乡, 山村.
_COMMON = {
    "省": "全该本我各外邻节强大小",
    "市": "全该本我各城都上超股门楼集夜闹入退两地县强大小级型",
    "县": "全该本我各外邻区市强大小困点范农",
    "区": "全该本我各社小地城园片新景库校辖灾郊山业能范集居发展市县济技两街人牧林矿禁误军战特选赛",
    "镇": "全该本我各城乡集村重名强小范特色",
    "乡": "全该本我各家城返下故回山思还",
    "村": "全该本我各农山新乡驻访入到进回离两个等强小古范点困弱明丽色",
}
_COUNTING = frozenset("全该本我各某每两这那家所个一二三四五六七八九十百千万亿名位多余几")
_DESCRIPTIONS = """
    试点 贫困 示范 先进 重点 行政 自然 美丽 文明 所在 后进 老旧 居住 商业 工业 新型 部分 许多 其他
    有关 相关 周边 上市 控股 股份 有限 责任 科技 建筑 物业 旅游 保险 证券 外资 国有 民营 龙头 快递
    物流 平台 当地 附近 附属 人民 中心 定点 综合 著名 知名 高等 职业 基层 大湾 按照 根据 依照 遵照
"""
_DESCRIBING = frozenset(_DESCRIPTIONS.split())
_LONGEST_OFFICE = 32  # characters before a name that its titles may be in
_STEM = 2  # characters before 大学 or 市 by which a name is known


def find_people(text: str) -> list[tuple[int, str]]:
    """Return the people whom a title or a verb of speaking shows to be such, with their places.

    A third character may belong to the next word.

    >>> find_people("总经理肖金洲，书记章锋及其团队")
    [(3, '肖金洲'), (9, '章锋')]
    """
    found = {
        match.start("name"): match["name"]
        for pattern in _PEOPLE
        for match in pattern.finditer(text)
        if match["name"][:2] not in _NO_NAMES
    }
    return sorted(found.items())


def read_name(text: str, start: int) -> str:
    """Return what may be somebody's name at a place, by its first character; empty if nothing.

    >>> read_name("杨勇创办公司", 0), read_name("范围", 0)
    ('杨勇', '')
    """
    found = _FAMILY_AND_GIVEN.match(text, start)
    return "" if found is None or found[0][:2] in _NO_NAMES else found[0]


def ends_name(name: str, following: str) -> bool:
    """Return whether a name may end where the next words begin.

    >>> ends_name("李健", "曾因"), ends_name("杨家厂", "两镇"), ends_name("高质", "量")
    (True, False, False)
    """
    return name[-1] not in _NOT_LAST and (not following or following[0] in _FOLLOWERS)


def may_begin_name(text: str, start: int) -> bool:
    """Return whether a name may begin at a place: behind a mark, a place or a title.

    >>> may_begin_name("潜江的姚舜", 3), may_begin_name("教师姚舜", 2), may_begin_name("有余庆", 1)
    (True, True, False)
    """
    before = text[max(0, start - _LONGEST_TITLE) : start]
    return before[-1:] in _BEFORE_NAMES or bool(_ENDS_WITH_TITLE.search(before))


def find_titled(text: str, *, chains: bool = False) -> list[tuple[int, str, str]]:
    """Return people with the title right before their name: its place, it and the name.

    Args:
        text: Folded text.
        chains: Whether all titles of a chain count (董事长、党委书记章锋), and those of a signature
            (□刘春霞, and at the end 作者系县长).

    >>> find_titled("董事长、党委书记章锋"), find_titled("董事长、书记章锋", chains=True)
    ([(6, '书记', '章锋')], [(0, '董事长', '章锋'), (4, '书记', '章锋')])
    """
    found = []
    end = 0  # of the person before
    for at, name in find_people(text):
        before = max(end, at - _LONGEST_OFFICE)
        end = at + len(name)
        begin = max(text.rfind(mark, before, at) + 1 for mark in ",。;:!?\n")
        begin = max(begin, before)
        titles = [(match.start(), match[0]) for match in _TITLE.finditer(text, begin, at)]
        last = [(start, title) for start, title in titles if start + len(title) == at]
        found += [(start, title, name) for start, title in (titles if chains else last)]
    for signed in _SIGNED.finditer(text) if chains else ():
        place = signed.start("office")
        titles = [(match.start(), match[0]) for match in _TITLE.finditer(signed["office"])]
        found += [(place + start, title, signed["name"]) for start, title in titles]
    return found


def is_surname(character: str) -> bool:
    """Return whether a character is a common family name.

    >>> is_surname("刘"), is_surname("在")
    (True, False)
    """
    return character in _SURNAMES


def find_known_names(text: str) -> list[tuple[int, str]]:
    """Return the provinces and national bodies that a text names, with their places.

    >>> find_known_names("受到国务院表扬")
    [(2, '国务院')]
    """
    return [(found.start(), found[0]) for found in _KNOWN.finditer(text)]


def blank_known_names(text: str) -> str:
    """Return a text with a mark for each character of a province or national body.

    >>> blank_known_names("来自陕西安康")
    '来自,,安康'
    """
    return _KNOWN.sub(lambda found: "," * len(found[0]), text)


def find_named(text: str) -> list[tuple[int, str, str]]:
    """Return the bodies and places that their last word shows to be such.

    Each comes with its place, its last two characters before that word with it, and its kind:
    `body`, `company`, or the word itself for a place. What only describes one is left out: 全市,
    试点村; and a body behind a place, which is named by that: 荆州市教育局.

    >>> find_named("与湖北医药学院合作"), find_named("全市的社区和试点村")
    ([(3, '医药学院', 'body')], [])
    """
    bodies = [
        (found.start(), found[0], kind)
        for pattern, kind in ((_BODY, "body"), (_COMPANY, "company"))
        for found in pattern.finditer(text)
        if text[found.start() - 1 : found.start()] not in _COMMON
    ]
    places = [
        (found.start(), found[0], found[0])
        for found in _PLACE.finditer(text)
        if text[max(0, found.start() - 1) : found.start()] not in _COMMON[found[0]]
    ]
    return [
        (start - _STEM, text[start - _STEM : start] + word, kind)
        for start, word, kind in sorted(bodies + places)
        if start >= _STEM and _may_name(text[start - _STEM : start])
    ]


def _may_name(stem: str) -> bool:
    # 家 counts behind a number, but 谭家湾镇 is a name.
    counting = _COUNTING & set(stem.removeprefix("家"))
    return stem.isalpha() and stem not in _DESCRIBING and not counting
