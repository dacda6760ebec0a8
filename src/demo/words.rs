//! What the two applications say, in Chinese and English; as the browser prefers.

use actix_web::HttpRequest;
use actix_web::http::header;

use super::memory::{Behaviour, Way};
use super::party::Kind;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// 简体中文
    Zh,
    /// English
    #[default]
    En,
}

impl Lang {
    /// As the browser prefers (RFC 9110 section 12.5.4).
    pub fn of(request: &HttpRequest) -> Self {
        let header = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Self::preferred(header.unwrap_or_default())
    }

    fn preferred(header: &str) -> Self {
        let mut best: Option<(f32, Self)> = None;
        for range in header.split(',') {
            let (tag, rest) = range.trim().split_once(';').unwrap_or((range.trim(), ""));
            let lang = match tag.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "zh" => Self::Zh,
                "en" => Self::En,
                _ => continue,
            };
            let quality = rest.trim().strip_prefix("q=").map_or(1.0, |q| q.parse().unwrap_or(0.0));
            if quality > 0.0 && best.is_none_or(|(highest, _)| quality > highest) {
                best = Some((quality, lang));
            }
        }
        best.map_or_else(Self::default, |(_, lang)| lang)
    }

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

/// Sentences.
#[allow(missing_docs, reason = "the words say it")]
pub struct Words {
    pub skip: &'static str,
    pub demo: &'static str,
    pub log_in: &'static str,
    pub log_in_again: &'static str,
    pub quietly: &'static str,
    pub log_out: &'static str,
    pub not_logged_in: &'static str,
    pub not_logged_in_more: &'static str,
    pub logged_in_as: fn(&str) -> String,
    pub told_by_house: &'static str,
    pub left_here: &'static str,
    pub left_here_more: &'static str,
    pub left_here_back: &'static str,
    pub session: &'static str,
    pub who: &'static str,
    pub issuer: &'static str,
    pub since: &'static str,
    pub id_token_until: &'static str,
    pub access_token_until: &'static str,
    pub refresh_token: &'static str,
    pub yes: &'static str,
    pub no: &'static str,
    pub unknown: &'static str,
    pub ask_userinfo: &'static str,
    pub renew: &'static str,
    pub userinfo_alive: &'static str,
    pub userinfo_dead: &'static str,
    pub renewed: &'static str,
    pub not_renewed: &'static str,
    pub behaves: &'static str,
    pub behaves_more: &'static str,
    pub heard: &'static str,
    pub heard_nothing: &'static str,
    pub ended: fn(usize) -> String,
    pub disbelieved: &'static str,
    pub trouble: &'static str,
    pub unreachable: &'static str,
    pub refused: &'static str,
    pub unsound: &'static str,
    pub try_again: &'static str,
    pub elsewhere: &'static str,
    pub personal_center: &'static str,
    pub console: &'static str,
    pub framed: &'static str,
    pub framed_wrongly: &'static str,
    well: &'static str,
    fail: &'static str,
    hang: &'static str,
    reject: &'static str,
    refuse: &'static str,
    back_channel: &'static str,
    front_channel: &'static str,
    notes: Content,
    mail: Content,
}

/// What an application is there for.
pub struct Content {
    /// Its name.
    pub name: &'static str,
    /// Over the list.
    pub title: &'static str,
    /// Three things: a head and a line.
    pub items: [(&'static str, &'static str); 3],
}

impl Words {
    /// How an application behaves.
    pub fn behaviour(&self, behaviour: Behaviour) -> &'static str {
        match behaviour {
            Behaviour::Well => self.well,
            Behaviour::Fail => self.fail,
            Behaviour::Hang => self.hang,
            Behaviour::Reject => self.reject,
            Behaviour::Refuse => self.refuse,
        }
    }

    /// How somebody was logged out.
    pub fn way(&self, way: Way) -> &'static str {
        match way {
            Way::BackChannel => self.back_channel,
            Way::FrontChannel => self.front_channel,
            Way::Here => self.log_out,
        }
    }

    /// What an application is there for.
    pub fn content(&self, kind: Kind) -> &Content {
        match kind {
            Kind::Notes => &self.notes,
            Kind::Mail => &self.mail,
        }
    }
}

static EN: Words = Words {
    skip: "Skip to the content",
    demo: "demo application",
    log_in: "Log in with exeunt",
    log_in_again: "Log in again",
    quietly: "Ask exeunt quietly whether I am logged in there",
    log_out: "Log out",
    not_logged_in: "You are not logged in",
    not_logged_in_more: "This application has no passwords of its own. It asks exeunt who you are.",
    logged_in_as: |name| format!("Logged in as {name}"),
    told_by_house: "You were logged out by exeunt",
    left_here: "You have logged out",
    left_here_more: "Your session here is over. exeunt has not confirmed yet that it is over there too.",
    left_here_back: "Your session here is over, and exeunt sent you back: it is over there too.",
    session: "This session",
    who: "Name",
    issuer: "Provider",
    since: "Logged in",
    id_token_until: "ID token until",
    access_token_until: "Access token until",
    refresh_token: "Refresh token",
    yes: "yes",
    no: "none",
    unknown: "unknown",
    ask_userinfo: "Ask userinfo",
    renew: "Renew tokens",
    userinfo_alive: "userinfo answered: the access token is alive",
    userinfo_dead: "userinfo refused the access token",
    renewed: "the tokens were renewed",
    not_renewed: "the tokens were not renewed",
    behaves: "When exeunt tells me of a log-out",
    behaves_more: "For trying things out. A receipt in the console shows what exeunt makes of it.",
    heard: "Log-outs heard of",
    heard_nothing: "None yet. Log out at exeunt, or force somebody out in the console.",
    ended: |n| match n {
        0 => "no session left to end".to_owned(),
        1 => "1 session ended".to_owned(),
        n => format!("{n} sessions ended"),
    },
    disbelieved: "not believed",
    trouble: "You were not logged in",
    unreachable: "exeunt does not answer.",
    refused: "exeunt said no.",
    unsound: "The answer does not hold: a part of it is missing, wrong or too old.",
    try_again: "Try again",
    elsewhere: "This application lives at another address",
    personal_center: "Personal center",
    console: "Console",
    framed: "Logged out.",
    framed_wrongly: "Nothing was logged out.",
    well: "Answer as I should",
    fail: "Fail with 500",
    hang: "Answer after 10 seconds",
    reject: "Answer 400",
    refuse: "Refuse with 403",
    back_channel: "Back channel",
    front_channel: "Front channel",
    notes: Content {
        name: "Notes",
        title: "Your notes",
        items: [
            ("Shopping", "Rice, ginger, two lemons, a bulb for the hall."),
            ("Exit, pursued by a bear", "The best stage direction there is. exeunt is a good second."),
            ("For Monday", "Ask Maya about the old laptops before they leave the building."),
        ],
    },
    mail: Content {
        name: "Mail",
        title: "Your mail",
        items: [
            ("Han Meimei: lunch?", "The noodle place on the corner has opened again. Twelve thirty?"),
            ("Maya Okafor: the laptops", "Three are still logged in as people who left in spring."),
            ("Building services", "The lift stands still on Thursday between nine and eleven."),
        ],
    },
};

static ZH: Words = Words {
    skip: "跳到内容",
    demo: "演示应用",
    log_in: "用 exeunt 登录",
    log_in_again: "重新登录",
    quietly: "静默查询我是否已在 exeunt 登录",
    log_out: "退出登录",
    not_logged_in: "您尚未登录",
    not_logged_in_more: "本应用没有自己的密码，由 exeunt 告知您是谁。",
    logged_in_as: |name| format!("已登录：{name}"),
    told_by_house: "exeunt 已将您退出登录",
    left_here: "您已退出登录",
    left_here_more: "您在这里的会话已结束，尚未得到 exeunt 那边也已结束的确认。",
    left_here_back: "您在这里的会话已结束，exeunt 已将您送回：那边也已结束。",
    session: "本次会话",
    who: "姓名",
    issuer: "提供方",
    since: "登录时间",
    id_token_until: "ID 令牌有效至",
    access_token_until: "访问令牌有效至",
    refresh_token: "刷新令牌",
    yes: "有",
    no: "无",
    unknown: "未知",
    ask_userinfo: "查询 userinfo",
    renew: "更新令牌",
    userinfo_alive: "userinfo 已应答：访问令牌有效",
    userinfo_dead: "userinfo 拒绝了访问令牌",
    renewed: "令牌已更新",
    not_renewed: "令牌未能更新",
    behaves: "收到 exeunt 的登出通知时",
    behaves_more: "供试验使用。控制台的回执会显示 exeunt 如何处理。",
    heard: "收到的登出通知",
    heard_nothing: "还没有。请在 exeunt 退出登录，或在控制台强制某人下线。",
    ended: |n| match n {
        0 => "没有可结束的会话".to_owned(),
        n => format!("已结束 {n} 个会话"),
    },
    disbelieved: "未采信",
    trouble: "未能登录",
    unreachable: "exeunt 没有应答。",
    refused: "exeunt 拒绝了请求。",
    unsound: "应答不成立：有一部分缺失、错误或过期。",
    try_again: "再试一次",
    elsewhere: "本应用在另一个地址",
    personal_center: "个人中心",
    console: "控制台",
    framed: "已退出登录。",
    framed_wrongly: "没有任何会话被结束。",
    well: "正常应答",
    fail: "返回 500",
    hang: "10 秒后才应答",
    reject: "返回 400",
    refuse: "拒绝，返回 403",
    back_channel: "后台通知",
    front_channel: "前台通知",
    notes: Content {
        name: "笔记",
        title: "您的笔记",
        items: [
            ("购物清单", "大米、生姜、两个柠檬、走廊的灯泡。"),
            ("熊追人下", "最好的舞台提示；「退场」屈居第二。"),
            ("周一要办", "旧笔记本电脑离开大楼之前，问一问 Maya。"),
        ],
    },
    mail: Content {
        name: "邮件",
        title: "您的邮件",
        items: [
            ("韩梅梅：一起吃午饭？", "街角的面馆重新开门了，十二点半见？"),
            ("Maya Okafor：那几台电脑", "有三台还登录着春天就离职的同事。"),
            ("物业通知", "周四九点到十一点电梯停运。"),
        ],
    },
};

/// The sentences of a language.
pub fn words(lang: Lang) -> &'static Words {
    match lang {
        Lang::Zh => &ZH,
        Lang::En => &EN,
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn the_browser_decides_the_language() {
        for (header, expected) in [
            ("", Lang::En),
            ("zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh),
            ("en;q=0.5, zh-TW;q=0.7", Lang::Zh),
            ("fr, zh;q=0.1", Lang::Zh),
            ("zh;q=0, en;q=0.1", Lang::En),
            ("de", Lang::En),
        ] {
            assert_eq!(Lang::preferred(header), expected, "{header}");
        }
    }
}
