"""The words of commands, and how a typed word is found among them."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

import regex


class Shape(enum.Enum):
    """What may follow a command's word; decides when plain text reads in full as the command."""

    NOTHING = "nothing"
    POST = "post"  # at most one post: a short id, an address or a handle
    PERSON = "person"  # a handle, or a post whose author is meant
    POST_AND_TEXT = "post and text"
    TEXT = "text"  # anything: plain text that begins with such a word is simply a post
    OPTIONS = "options"  # words of its own; `Word.plain` says which are unmistakable


@dataclass(frozen=True, slots=True)
class Word:
    """The words of one command. Every alias is lower case and unique in a vocabulary."""

    name: str
    shape: Shape
    english: tuple[str, ...] = ()
    chinese: tuple[str, ...] = ()
    pinyin: tuple[str, ...] = ()
    plain: str = ""  # a regular expression: plain text `name …` that matches it is asked about

    @property
    def aliases(self) -> tuple[str, ...]:
        return (*self.english, *self.chinese, *self.pinyin)


class Vocabulary:
    """Finds commands by what people type."""

    def __init__(self, words: Iterable[Word]) -> None:
        self.words = tuple(words)
        self._named = {alias: word for word in self.words for alias in (word.name, *word.aliases)}
        chinese = (alias for word in self.words for alias in word.chinese)
        self._chinese = sorted(chinese, key=len, reverse=True)
        self._by_first: dict[str, list[str]] = {}  # those that begin with a character
        for alias in self._chinese:
            self._by_first.setdefault(alias[0], []).append(alias)
        self._guessed = [
            (alias, word)
            for word in self.words
            for alias in (word.name, *word.english, *(p for p in word.pinyin if len(p) > 4))
        ]

    def named(self, typed: str) -> Word | None:
        """The command of this name or alias."""
        return self._named.get(typed.lower())

    def chinese(self, text: str) -> tuple[str, Word] | None:
        """The longest Chinese alias that a text begins with, and its command."""
        some = self._by_first.get(text[:1], ())
        alias = next((alias for alias in some if text.startswith(alias)), None)
        return (alias, self._named[alias]) if alias else None

    def near(self, typed: str, *, sure: bool = False) -> Word | None:
        """The command that was probably meant by a word that is none: one slip, from six letters on two,
        also below where it is `sure` to be some command.

        Words of two letters are guessed at only where that is sure, and `/me` never: it is no mistyped `/re`.
        """
        typed = typed.lower()
        if typed == "me" or len(typed) < (2 if sure else 3):
            return None
        allowed = 1 if len(typed) < (3 if sure else 6) else 2
        # More letters too many or too few than slips are allowed, and it is none: a message without a space
        # is as long as its writer likes.
        alike = [(alias, word) for alias, word in self._guessed if abs(len(alias) - len(typed)) <= allowed]
        found = [(slips(typed, alias), alias[0] != typed[0], word) for alias, word in alike]
        likely = [entry for entry in found if entry[0] <= allowed]
        return min(likely, key=lambda entry: entry[:2])[2] if likely else None

    def near_chinese(self, typed: str) -> Word | None:
        """The command that was probably meant by a Chinese word of two characters or more: one of them is
        another, as when an input method offers what sounds the same (`历时` for `历史`).
        """
        alike = (a for a in self._chinese if len(a) == len(typed) > 1 and slips(typed, a) == 1)
        alias = next(alike, None)
        return self._named[alias] if alias else None


def slips(one: str, other: str) -> int:
    """How many letters were left out, added, changed or swapped with a neighbour between two words."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, b in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


_ON_OFF = r"on|off"
_NAMES = r"[a-z][a-z0-9_]*"

# Pinyin is without tones; where it would be a common English word or another alias it is longer.
WORDS: tuple[Word, ...] = (
    # start
    Word("start", Shape.OPTIONS, ("hello",), ("开始",), ("kaishi",)),
    Word("help", Shape.OPTIONS, ("h", "commands"), ("帮助",), ("bangzhu", "bz")),
    Word("tour", Shape.NOTHING, ("hints",), ("导览",), ("daolan",)),
    Word("cancel", Shape.NOTHING, (), ("取消",), ("quxiao",)),
    Word("status", Shape.NOTHING, (), ("状态",), ("zhuangtai",)),
    Word("settings", Shape.OPTIONS, ("set",), ("设置",), ("shezhi",), r"plain (post|ask|command)"),
    Word("language", Shape.OPTIONS, (), ("语言",), ("yuyan",), r"en|english|zh|zh-cn|中文|英文"),
    Word("timezone", Shape.OPTIONS, ("tz",), ("时区",), ("shiqu",), r"[a-z]+/[a-z_]+"),
    Word("pause", Shape.NOTHING, (), ("暂停",), ("zanting",)),
    Word("resume", Shape.NOTHING, ("unpause",), ("继续",), ("jixu",)),
    Word("held", Shape.NOTHING, (), ("待发", "留着的"), ("daifa",)),
    # accounts
    Word("join", Shape.OPTIONS, ("register",), ("加入", "注册"), ("jiaru", "zhuce")),
    Word("link", Shape.OPTIONS, ("login",), ("关联", "绑定"), ("guanlian", "bangding"), r"\S+ \S+\.\S+"),
    Word("accounts", Shape.OPTIONS, ("account", "whoami"), ("账号", "帐号"), ("zhanghao",)),
    Word("default", Shape.OPTIONS, ("defaults",), ("默认",), ("moren",)),
    Word("unlink", Shape.OPTIONS, ("logout",), ("解除关联", "解绑"), ("jiebang",)),
    Word("relink", Shape.OPTIONS, (), ("重新关联",), ("chongxinguanlian",)),
    Word("signin", Shape.OPTIONS, (), ("登录",), ("denglu",)),
    Word(
        "connect",
        Shape.OPTIONS,
        (),
        ("连接", "互联"),
        ("hulian",),
        r"\S+ (\d+|\S+@\S+\.\S+)|[a-z0-9]{4}(-[a-z0-9]{4}){3}",
    ),
    Word("disconnect", Shape.OPTIONS, (), ("断开",), ("duankai",), r"here|\S+ (\d+|\S+@\S+\.\S+)"),
    Word("devices", Shape.OPTIONS, ("sessions",), ("设备",), ("shebei",), r"here|revoke \d+"),
    # posting
    Word("post", Shape.TEXT, ("p",), ("发", "发帖", "发布", "发送"), ("fa", "fatie")),
    Word("draft", Shape.TEXT, (), ("草稿", "拟稿"), ("caogao",)),
    Word("drafts", Shape.NOTHING, (), ("草稿箱",), ("caogaoxiang",)),
    Word("to", Shape.TEXT, (), ("发到",), ("fadao",)),
    Word("preview", Shape.TEXT, (), ("预览",), ("yulan",)),
    Word("cw", Shape.TEXT, ("warning",), ("警告",), ("jinggao",)),
    Word(
        "vis",
        Shape.OPTIONS,
        ("visibility",),
        ("可见", "可见范围"),
        ("kejian",),
        r"public|unlisted|followers|direct|公开|不公开|粉丝|私信",
    ),
    Word("lang", Shape.OPTIONS, (), ("语种",), ("yuzhong",), r"[a-z]{2,3}(-[a-z]{2,4})?"),
    Word("alt", Shape.TEXT, (), ("描述", "图说"), ("miaoshu", "tushuo")),
    # A memo is private: what begins like one is never published unasked.
    Word("memo", Shape.TEXT, ("note",), ("记", "备忘"), ("ji", "beiwang"), r"(?s:.+)"),
    Word("memos", Shape.OPTIONS, ("notes",), ("备忘录",), ("beiwanglu",)),
    Word("share", Shape.POST, (), ("分享",), ("fenxiang",), r"[2-9]\w{2,6} (to|到) .+"),
    # a post
    Word("reply", Shape.POST_AND_TEXT, ("re", "r"), ("回", "回复"), ("hui", "huifu")),
    Word("fav", Shape.POST, ("favourite", "favorite", "like"), ("赞", "收藏"), ("zan", "shoucang")),
    Word("unfav", Shape.POST, ("unlike", "dislike"), ("取消赞",), ("quxiaozan",)),
    Word("boost", Shape.POST, ("repost", "rt", "rp"), ("转", "转发"), ("zhuan", "zhuanfa")),
    Word("unboost", Shape.POST, ("unrepost",), ("取消转发",), ("quxiaozhuanfa",)),
    Word("bookmark", Shape.POST, ("bm",), ("书签",), ("shuqian",)),
    Word("unbookmark", Shape.POST, (), ("取消书签",), ("quxiaoshuqian",)),
    Word("bookmarks", Shape.NOTHING, ("bms",), ("书签夹",), ("shuqianjia",)),
    Word("edit", Shape.POST_AND_TEXT, (), ("改", "编辑"), ("gai", "bianji")),
    Word("del", Shape.POST, ("delete", "rm"), ("删", "删除"), ("shan", "shanchu")),
    Word("undo", Shape.POST, (), ("撤销", "撤回", "撤消"), ("chexiao", "chehui")),
    Word("redo", Shape.POST, (), ("重做", "恢复"), ("chongzuo",)),
    Word("retry", Shape.POST, (), ("重试", "再试"), ("chongshi", "zaishi")),
    Word("history", Shape.POST, ("versions",), ("历史", "版本"), ("lishi", "banben")),
    Word("url", Shape.POST, ("permalink",), ("链接", "网址"), ("lianjie", "wangzhi")),
    Word("thread", Shape.POST, ("context", "ctx"), ("上下文", "对话"), ("shangxiawen", "duihua")),
    # polls, quotes, later, in private
    Word("quote", Shape.POST_AND_TEXT, ("qt",), ("引用",), ("yinyong",)),
    Word("poll", Shape.TEXT, (), ("投票", "发起投票"), ("toupiao",), r"(?s:[^|｜]+[|｜][^|｜]+[|｜].+)"),
    Word("vote", Shape.POST_AND_TEXT, (), ("投给", "表决"), ("tougei", "biaojue")),
    Word("schedule", Shape.TEXT, (), ("定时", "定时发"), ("dingshi",), r"(?s:(in |tomorrow |today )?\d.+)"),
    Word(
        "scheduled",
        Shape.OPTIONS,
        (),
        ("定时列表", "定时帖"),
        ("dingshiliebiao",),
        r"(cancel|now|取消|立即) \d+",
    ),
    # A private message whose text was forgotten must not become a public post: `d bob`.
    Word("dm", Shape.TEXT, ("d",), ("私信", "私聊"), ("sixin",), r"@\S+(?s: .*)?|[^\W\d_]+"),
    # people
    Word("whois", Shape.PERSON, ("who",), ("谁", "资料"), ("shei", "ziliao")),
    Word("follow", Shape.PERSON, ("f", "sub", "subscribe"), ("关注",), ("guanzhu", "gz")),
    Word(
        "unfollow", Shape.PERSON, ("leave", "unsub", "unsubscribe"), ("取关", "取消关注"), ("quguan", "qxgz")
    ),
    Word("mute", Shape.PERSON, (), ("静音", "屏蔽"), ("jingyin", "pingbi"), r"\S+ (off|关|停)"),
    Word("unmute", Shape.PERSON, (), ("取消静音", "取消屏蔽"), ("quxiaojingyin", "quxiaopingbi")),
    Word("block", Shape.PERSON, (), ("拉黑",), ("lahei",), r"\S+ (off|关|停)"),
    Word("unblock", Shape.PERSON, (), ("取消拉黑",), ("quxiaolahei",)),
    Word("requests", Shape.NOTHING, (), ("关注请求",), ("guanzhuqingqiu",)),
    Word("approve", Shape.PERSON, ("accept",), ("同意",), ("tongyi",)),
    Word("reject", Shape.PERSON, ("deny",), ("拒绝",), ("jujue",)),
    Word("lock", Shape.OPTIONS, (), ("锁",), ("suo",), _ON_OFF),
    Word("report", Shape.POST_AND_TEXT, (), ("举报",), ("jubao",)),
    Word("alias", Shape.OPTIONS, ("aka",), ("别名",), ("bieming",), r"@\S+ ?[=＝] ?@?\S+|@\S+ (off|关|停)"),
    # timelines
    Word("home", Shape.OPTIONS, (), ("首页", "时间线"), ("shouye", "shijianxian"), _ON_OFF),
    Word("mentions", Shape.OPTIONS, (), ("提及", "提到我"), ("tiji",), _ON_OFF),
    Word("tag", Shape.OPTIONS, (), ("话题", "标签"), ("huati", "biaoqian"), r"#\w+( off)?"),
    Word("list", Shape.OPTIONS, ("lists",), ("列表",), ("liebiao",)),
    Word("search", Shape.TEXT, ("find",), ("搜索", "搜"), ("sousuo",)),
    Word("read", Shape.OPTIONS, ("page", "reader"), ("阅读页", "阅读"), ("yueduye", "yuedu"), r"off|关"),
    Word("get", Shape.PERSON, ("last",), ("最近", "最近帖子"), ("zuijin",)),
    Word("feed", Shape.OPTIONS, ("feeds", "rss"), ("订阅", "订阅源"), ("dingyue",), r"(off )?https?://\S+"),
    Word("opml", Shape.OPTIONS, ("subscriptions",), ("订阅列表",), ("dingyueliebiao",)),
    # here
    Word("mirror", Shape.OPTIONS, (), ("镜像",), ("jingxiang",), rf"{_NAMES} (home|own|@\S+|#\w+)|@\S+|#\w+"),
    Word("sync", Shape.OPTIONS, (), ("同步",), ("tongbu",), rf"(off )?{_NAMES} (to|到|->|→) {_NAMES}( .*)?"),
    Word(
        "routes",
        Shape.OPTIONS,
        ("route", "rules"),
        ("路线", "规则"),
        ("luxian", "guize"),
        r"(stop|pause|on) \d+",
    ),
    Word("filter", Shape.OPTIONS, ("filters",), ("过滤", "筛选"), ("guolv", "shaixuan"), r"\d+( .*)?"),
    Word("on", Shape.NOTHING, (), ("开",), ("kai",)),
    Word("off", Shape.NOTHING, (), ("关",), ("guan",)),
    Word("digest", Shape.OPTIONS, (), ("摘要",), ("zhaiyao",), r"all|全部"),
    # you
    Word("export", Shape.NOTHING, ("takeout",), ("导出", "导出数据"), ("daochu",)),
    Word("forget", Shape.NOTHING, ("forgetme",), ("忘记我", "注销"), ("wangjiwo", "zhuxiao")),
    Word("privacy", Shape.NOTHING, (), ("隐私",), ("yinsi",)),
    # groups
    Word("here", Shape.OPTIONS, (), ("本群",), ("benqun",), r"(replies|回复) (on|off|开|关)"),
    Word(
        "grant",
        Shape.OPTIONS,
        ("lend",),
        ("授权", "出借"),
        ("shouquan",),
        r"\S+ (to|给) \S+( as \S+)?",
    ),
    Word("grants", Shape.NOTHING, ("loans",), ("授权情况",), ("shouquanqingkuang",)),
    Word("revoke", Shape.OPTIONS, (), ("收回授权", "取消授权"), ("shouhuishouquan",)),
    # others, and operators
    Word("invite", Shape.OPTIONS, (), ("邀请",), ("yaoqing",)),
    Word("admin", Shape.OPTIONS, (), ("管理",), ("guanli",)),
)

# Chinese words that begin with an alias and mean something else: `/发现` is no `/发 现`.
LONGER = regex.compile(
    r"发(现|生|展|烧|呆|财|明|火|布会)|回(家|来|去|忆|头|归|想)|赞(同|美|叹|赏)|转(眼|身|弯|机|念)"
    r"|改(天|变|革|善)|开(心|会|车|学|玩|朋|源)|关(于|心|系|门|键|爱)|记(得|住|者|忆|性)|谁(知|都|能|会|说|在)|锁(骨|定)"
)

# Words that other bots and IRC know and this one does not. What follows them may be private or
# harmful when published (`/msg ada …`, `/block …`), so they are never posts without a question.
ELSEWHERE = frozenset(
    """
    direct msg message query notice w whisper tell pm identify nickserv ns oper pass password
    spam track untrack quiet
    why
    part quit nick kick ban topic away ignore op stop nudge
    """.split()  # noqa: SIM905 - sixty literals would hide the words
)
