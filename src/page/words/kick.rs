//! Sentences about forcing people to log out: the scope page before, the receipt after.

use super::Lang;
use super::table::{Counted, Named, Said, air, people, s};
use crate::page::count::Count;

sentences! {
/// The scope page and the receipt.
Kick {
    title: Said = "强制下线", "Force log out";
    heading_one: Named = |n| format!("强制{n}下线"), |n| format!("Force {n} to log out");
    heading_many: Counted = |n| format!("强制 {n} 人下线"), |n| format!("Force {} to log out", people(n));
    heading_everyone: Named = |app| format!("强制{app}的所有人下线"), |app| format!("Force everyone in {app} to log out");
    line: Said = "从哪里退出？默认只结束你点的那一个会话。", "From where? Unless you say otherwise, only the session you pressed ends.";
    line_many: Said = "从哪里退出？默认只结束你选的那些会话。", "From where? Unless you say otherwise, only the sessions you picked end.";
    line_user: Said = "每台设备、每个应用中的登录都会结束。", "Every log-in ends, on every device and in every application.";
    line_everyone: Named = |app| format!("所有人在每台设备上都会退出{app}。"), |app| format!("Everybody leaves {app}, on every device.");
    scope: Said = "范围", "Scope";
    cell: Said = "只这一个会话", "This session only";
    cell_many: Said = "只这些会话", "These sessions only";
    cell_note: Named = |app| format!("这台设备上的{app}"), |app| format!("{app} on this device");
    cell_note_many: Named = |app| format!("所选设备上的{app}"), |app| format!("{app} on the devices picked");
    app: Named = |app| format!("{app}，全部设备"), |app| format!("{app}, every device");
    app_note: Said = "其他应用不受影响", "other applications stay";
    device: Said = "这台设备，全部应用", "This device, every application";
    device_many: Said = "所选设备，全部应用", "These devices, every application";
    device_note: Said = "其他设备不受影响", "other devices stay";
    all: Said = "全部", "Everything";
    all_note: Said = "全部设备、全部应用", "every device, every application";
    caption_one: fn(&str, &str) -> String = |who, logins| format!("{who}现在有 {logins}，盖了「离」的将被结束"), |who, logins| format!("{logins} of {who} now; those stamped OUT will end");
    caption_many: fn(Count, &str) -> String = |p, logins| format!("{p} 人现在有 {logins}，盖了「离」的将被结束"), |p, logins| format!("{logins} of {} now; those stamped OUT will end", people(p));
    // A log-in is a session in an application: what the grid has one stamp for.
    logins: Counted = |n| format!("{n} 处登录"), |n| s(n, "log-in");
    logins_in: fn(Count, Count) -> String = |n, k| format!("{k} 个会话中的 {n} 处登录"), |n, k| format!("{} in {}", s(n, "log-in"), s(k, "session"));
    tokens_too: Counted = |n| format!("，{n} 个令牌"), |n| format!(", {}", s(n, "token"));
    tells: Named = |apps| format!("；通知{apps}"), |apps| format!("; tells {apps}");
    tells_nobody: Said = "；没有应用登记了接收通知的地址", "; no application has an address for messages";
    stays_named: fn(&str, &str) -> String = |logins, named| format!("{logins}：{named}"), |logins, named| format!("{logins}: {named}");
    stays_in: fn(&str, &str) -> String = |apps, device| format!("{device}{}里的{}{apps}", air(device), air(apps)), |apps, device| format!("{apps} in {device}");
    stays_stop: Said = "；", "; ";
    stays_more: Counted = |n| format!("；另有 {n} 台设备"), |n| format!("; and {n} more");
    you: Said = "你自己", "You";
    this_device: Said = "当前设备", "This device";
    leaves_console: Said = "你也会退出控制台。", "This logs you out of the console too.";
    keep_own: Said = "保留我自己的这次登录", "Keep my own session";
    keep_own_note: Said = "这台设备上的登录不动，其余照常结束。", "What you have open in this browser stays; everything else ends.";
    more_people: Counted = |n| format!("另外 {n} 人"), |n| if n.is_one() { "1 more person".to_owned() } else { format!("{n} more people") };
    more_devices: Counted = |n| format!("另外 {n} 台设备"), |n| if n.is_one() { "1 more device".to_owned() } else { format!("{n} more devices") };
    ends_now: Said = "立即结束", "Ends now";
    stays: Said = "保持不变", "Stays";
    afterwards: Said = "之后", "Afterwards";
    reason: Said = "原因", "Reason";
    reason_hint: Said = "最多 200 个字符。写进审计日志和回执，被下线的人看不到。", "At most 200 characters. Kept in the audit log and on the receipt; the people concerned do not see it.";
    confirm_everyone: Named = |app| format!("输入应用名称「{app}」以确认"), |app| format!("Type the name of the application, {app}, to confirm");
    nobody_left_yet: Said = "还没有人下线", "Nobody was logged out yet";
    nothing_stays: Said = "没有", "nothing";
    after_app: Named = |app| format!("再进{app}，需要重新输入密码"), |app| format!("{app} asks for the password again");
    after_device: Said = "在这些设备上需要重新登录", "these devices have to log in again";
    after_all: Said = "在每台设备上都要重新登录", "every device has to log in again";
    receipt_promise: Said = "提交后给出回执：谁被通知、何时确认。", "Afterwards a receipt tells who was told and when they confirmed.";
    force_sessions: Counted = |n| format!("强制下线 {n} 个会话"), |n| format!("Force log out {}", s(n, "session"));
    nobody: Said = "没有可以强制下线的会话", "There is no session to end";
    nobody_line: Said = "选中的会话都已经结束。", "The sessions you picked have all ended already.";

    receipt: Said = "回执", "Receipt";
    out_one_everywhere: Named = |n| format!("{n}已在所有应用下线"), |n| format!("{n} is logged out everywhere");
    out_one_of: fn(&str, &str) -> String = |n, app| format!("{n}已从{app}下线"), |n, app| format!("{n} is logged out of {app}");
    out_many_everywhere: Counted = |n| format!("{n} 人已在所有应用下线"), |n| format!("{} logged out everywhere", people(n));
    out_many_of: fn(Count, &str) -> String = |n, app| format!("{n} 人已从{app}下线"), |n, app| format!("{} logged out of {app}", people(n));
    user_deleted: Said = "用户已删除", "The user is deleted";
    nobody_concerned: Said = "没有涉及任何应用，不需要通知。", "No application was concerned, so there was none to tell.";
    back_to: Named = |n| format!("回到{}{n}", air(n)), |n| format!("Back to {n}");
    back_to_users: Said = "回到用户", "Back to the users";
    back_to_overview: Said = "回到总览", "Back to the overview";
    out_nobody: Said = "没有会话需要结束", "There was no session to end";
    submitted_by: fn(&str, &str) -> String = |who, when| format!("由{who}于 {when} 提交。"), |who, when| format!("By {who}, {when}.");
    submitted: Named = |when| format!("于 {when} 提交。"), |when| format!("Done at {when}.");
    on_disk: Said = "已写入磁盘；此前的凭据从那一刻起无效。", "On disk; every credential from before that moment is void.";
    counting: Said = "登录已经全部无效；名单还在清点，数字会继续增加。", "Every log-in concerned is void already; the list is still being counted, and the numbers will grow.";
    no_undo: Said = "这一步不能撤销；要回来，就重新登录。", "This cannot be undone; whoever wants back in logs in again.";
    whole_time: Said = "全部确认", "All confirmed in";
    left_before: Said = "此前已退出", "Left before";
    left_before_line: fn(Count, Count) -> String = |ended, left| format!("结束了 {ended} 个，另有 {left} 个在提交前已经退出。"), |ended, left| format!("{ended} ended, {left} had already left.");
    as_call: Said = "用接口做同一件事", "The same by the API";
    as_call_line: Said = "TOKEN 是管理令牌，这里不写出来。", "TOKEN stands for a management token, which is not printed here.";
    still_counting: Said = "清点中", "still counting";
    sessions_ended: Said = "结束的会话", "Sessions ended";
    applications: Said = "涉及的应用", "Applications";
    people: Said = "涉及的人", "People";
    tokens: Said = "作废的令牌", "Tokens revoked";
    told_count: Said = "通知", "Told";
    open: Said = "未了", "Open";
    n_confirmed: Counted = |n| format!("{n} 处已确认"), |n| format!("{n} confirmed");
    n_retrying: Counted = |n| format!("{n} 处还在进行"), |n| format!("{n} under way");
    n_given_up: Counted = |n| format!("{n} 处放弃"), |n| format!("{n} given up");
    who_was_told: Said = "谁被通知了", "Who was told";
    nobody_told: Said = "没有应用登记了接收通知的地址。它们会在下一次检查令牌时发现登录已经结束。", "No application has an address for such messages. They find out when they check a token next.";
    result: Said = "结果", "Result";
    application: Said = "应用", "Application";
    channel: Said = "渠道", "Channel";
    course: Said = "经过", "Course";
    took: Said = "用时", "Time";
    note: Said = "说明", "Note";
    back_channel: Said = "后端登出通知", "back-channel";
    front_channel: Said = "前端登出通知", "front-channel";
    push: Said = "实时推送", "live push";
    feed: Said = "作废名单", "revocation feed";
    open_pages: Said = "打开的页面", "Open pages";
    n_pages: Counted = |n| format!("{n} 个页面"), |n| s(n, "page");
    ms: Counted = |n| format!("{n} 毫秒"), |n| format!("{n} ms");
    seconds: Counted = |n| format!("{n} 秒"), |n| format!("{n} s");
    minutes: Counted = |n| format!("{n} 分钟"), |n| format!("{n} min");
    hours: Counted = |n| format!("{n} 小时"), |n| format!("{n} h");
    in_span: Named = |span| format!("{span}后"), |span| format!("in {span}");
    try_n: fn(Count, Count) -> String = |n, of| format!("第 {n} 次，共 {of} 次"), |n, of| format!("try {n} of {of}");
    n_tries: Counted = |n| format!("尝试 {n} 次"), |n| if n.is_one() { "1 try".to_owned() } else { format!("{n} tries") };
    nth_try: Counted = |n| format!("第 {n} 次"), |n| format!("Try {n}");
    after_span: Named = |span| format!("{span}后"), |span| format!("after {span}");
    claims: Said = "通知的内容；签发时间、到期时间和编号每次都是新的", "What the message says; iat, exp and jti are new with each try";
    no_retry: Said = "不再重试", "no retry";
    answered: fn(u16) -> String = |status| format!("回答 {status}"), |status| format!("HTTP {status}");
    no_address: Said = "没有登记接收通知的地址", "no address registered";
    tell_again: Said = "再次通知", "Tell it again";
    tell_now: Said = "立即重试", "Try now";
    tell_all_again: Counted = |n| format!("立即重试这 {n} 处"), |n| format!("Try these {n} again now");
    check_address: Said = "检查地址", "Check the address";
    test_title: Said = "登出通知", "Log-out messages";
    test_address: Said = "接收地址", "Address";
    test_line: Said = "发一条真实签名的登出通知，其中的用户和会话是虚构的，不会有人因此退出。应用应当回答 200；不认识这个会话而回答 400 也说明地址可用。", "Sends one log-out message with a real signature about a made-up user and session; nobody is logged out by it. The application should answer 200; a 400, because it does not know the session, shows too that the address works.";
    test_send: Said = "发送测试通知", "Send a test message";
    test_no_address: Said = "这个应用没有登记后端登出通知地址，所以收不到通知。", "This application has no back-channel address, so it cannot be told.";
    test_waiting: Said = "已经发出，还没有回答。", "Sent; no answer yet.";
    test_heard: fn(u16, &str) -> String = |status, span| format!("{span}后回答 {status}，地址可用。"), |status, span| format!("Answered {status} after {span}. The address works.");
    test_refused: Named = |span| format!("{span}后回答 400。地址可用，但应用不接受这条通知。如果它只是不认识虚构的会话，就一切正常；否则请检查它如何验证签名、签发者和受众。"), |span| format!("Answered 400 after {span}. The address works, but the message was refused. That is fine if the application only did not know the made-up session; otherwise check how it verifies signature, issuer and audience.");
    test_failed: fn(&str, &str) -> String = |why, span| format!("{span}后失败：{why}。"), |why, span| format!("Failed after {span}: {why}.");
    not_reached: Named = |app| format!("{app}没有收到"), |app| format!("{app} was not reached");
    not_reached_line: Said = "令牌已经作废，但它自己的页面可能还开着。请检查它的后端登出通知地址。", "The tokens are void, but its own pages may still be open. Check its back-channel address.";
    what_ended: Said = "结束了什么", "What ended";
    whole_session: Said = "整个会话", "the whole session";
    device_heading: Said = "设备", "Device";
    time_heading: Said = "时段", "Time";
    and_more_ended: Counted = |n| format!("这里列出前面的；一共 {n} 个。"), |n| format!("The first ones are listed; there are {n}.");
    copy_receipt: Said = "复制", "Copy";
    back: Said = "回到登录状态", "Back to login status";
}
}

impl Kick {
    /// How long until something: whole seconds, rounded up, and larger units.
    pub fn wait(&self, ms: i64) -> String {
        match ms.max(0) {
            ms @ 0..10_000 => (self.seconds)(Count::from(u32::try_from((ms + 999) / 1_000).unwrap_or(0))),
            ms => self.span(ms),
        }
    }

    /// A stretch of time in its largest fitting unit.
    pub fn span(&self, ms: i64) -> String {
        let (n, say) = match ms.max(0) {
            ms @ 0..10_000 => (ms, self.ms),
            ms @ 10_000..600_000 => (ms / 1_000, self.seconds),
            ms @ 600_000..36_000_000 => (ms / 60_000, self.minutes),
            ms => (ms / 3_600_000, self.hours),
        };
        say(Count::from(u32::try_from(n).unwrap_or(u32::MAX)))
    }
}

pub use crate::domain::delivery::Trouble;
pub use crate::domain::logout::Scope;

/// By which way an application was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// `OpenID` Connect Back-Channel Logout.
    BackChannel,
    /// `OpenID` Connect Front-Channel Logout.
    FrontChannel,
    /// Server-sent events to open pages.
    Push,
    /// The revocation feed.
    Feed,
}

impl Channel {
    /// Its name.
    pub fn word(self, lang: Lang) -> &'static str {
        let words = &lang.words().kick;
        match self {
            Self::BackChannel => words.back_channel,
            Self::FrontChannel => words.front_channel,
            Self::Push => words.push,
            Self::Feed => words.feed,
        }
    }
}

impl Trouble {
    /// What it means, and what can be done.
    pub fn explained(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::Status(400) => (
                "应用收到了，但不接受：检查它怎样验证签名、签发者和受众。",
                "The application heard it and refused: check how it verifies signature, issuer and audience.",
            ),
            Self::Status(301 | 302 | 303 | 307 | 308) => (
                "地址指向别处，而通知不跟随跳转：请登记最终的地址。",
                "The address leads elsewhere, and messages follow no redirect: register the final address.",
            ),
            Self::Status(401 | 403 | 404 | 405) => (
                "那里没有接收通知的程序，或者它要求登录：检查路径。",
                "Nothing receives messages there, or it asks for a login: check the path.",
            ),
            Self::Status(_) => ("应用出错了，看它的日志。", "The application failed; look into its log."),
            Self::TimedOut => (
                "5 秒内没有回答：应用太慢，或者防火墙丢弃了连接。",
                "No answer within 5 seconds: the application is slow, or a firewall drops the connection.",
            ),
            Self::NoConnection => (
                "连接被拒绝或中断：应用没有运行，或者端口不对。",
                "The connection was refused or broke: the application is not running, or the port is wrong.",
            ),
            Self::NoSuchHost => (
                "域名解析不了（DNS）：检查地址的拼写和这台服务器的域名解析。",
                "The name cannot be resolved (DNS): check its spelling and the name servers of this machine.",
            ),
            Self::Certificate => (
                "证书不可信（TLS）：过期、自签，或者域名不符。",
                "The certificate is not trusted (TLS): expired, self-signed, or for another name.",
            ),
            Self::ForbiddenAddress => (
                "这个地址在内网或云元数据网段，不允许通知。",
                "The address lies in a private or metadata network, which may not be called.",
            ),
            Self::Other => ("没有送达，原因不明。", "It was not delivered, for no reason that is known."),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// In a few words.
    pub fn word(self, lang: Lang) -> String {
        let (zh, en) = match self {
            Self::Status(status) => return (lang.words().kick.answered)(status),
            Self::TimedOut => ("超时", "timed out"),
            Self::NoConnection => ("连接不上", "no connection"),
            Self::NoSuchHost => ("找不到主机", "host not found"),
            Self::Certificate => ("证书不可信", "certificate not trusted"),
            Self::ForbiddenAddress => ("不允许通知这个地址", "this address may not be called"),
            Self::Other => ("没有送达", "not delivered"),
        };
        match lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}
