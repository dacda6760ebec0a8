//! Sentences of the pages of one application: its tabs, its addresses and their check, its quick start.

use super::table::{Counted, Said, s};
use crate::page::count::Count;

sentences! {
/// The pages of one application.
Applications {
    quick_start: Said = "快速开始", "Quick start";
    protocol: Said = "协议配置", "Protocol";
    app_id: Said = "App ID", "App ID";
    authentication: Said = "认证配置", "Callback URLs";
    type_column: Said = "类型", "Type";
    public_type: Said = "网页或手机", "Browser, phone";
    server_type: Said = "有服务端", "With a server";
    program_type: Said = "程序", "Program";
    logins_7d: Said = "近 7 天登录", "Log-ins, 7 days";
    n_logins: Counted = |n| format!("近 7 天登录 {n} 次"), |n| format!("{} in 7 days", s(n, "log-in"));
    callbacks: Said = "回调", "Callbacks";
    no_login_callback: Said = "缺登录回调", "login missing";
    no_logout_callback: Said = "缺登出回调", "logout missing";
    callbacks_fine: Said = "齐全", "complete";
    is_default: Said = "默认", "default";
    no_applications: Said = "还没有应用。创建一个，就能拿到 App ID 和接入代码。", "There is no application yet. Make one, and it gets its App ID and the lines to paste.";

    try_demo: Said = "想先看看效果，在另一个终端运行 exeunt demo --port 9020：它自带两个真能登录的应用，停止后什么都不留。", "To look around first, run exeunt demo --port 9020 in another terminal: it brings two applications that really log in, and leaves nothing behind.";
    on_the_wire: fn(&str, &str) -> String = |meaning, word| format!("{meaning}（{word}）"), |meaning, word| format!("{meaning} ({word})");
    field_says: fn(&str, &str) -> String = |field, what| format!("{field}：{what}"), |field, what| format!("{field}: {what}");
    check: Said = "检查", "Check";
    check_lines: Said = "检查每一行", "Check every line";
    checked: Said = "已检查，还没有保存", "Checked, not saved yet";
    checked_line: Said = "每一行的结果写在下面。要生效，请保存。", "What came of each line stands below it. Save to make it count.";
    no_login_callback_line: Said = "还没有登录回调 URL，登录之后回不到应用。开发时常用 http://localhost:3000/callback。", "There is no login callback URL, so nobody gets back to the application. While developing, http://localhost:3000/callback is usual.";
    wildcards: Said = "通配规则", "What a * may stand for";
    wildcard_host: Said = "最左一级域名：正好一级，不能盖住公共后缀。", "The leftmost label of the host: exactly one label, never over a public suffix.";
    wildcard_path: Said = "路径的结尾：这个前缀下的任何路径。", "The end of the path: whatever lies below that prefix.";
    wildcard_query: Said = "查询：什么都可以，也可以没有。", "The query: any, or none.";
    any_port: Said = "本机地址（localhost、127.0.0.1、[::1]）：端口不限。", "On this computer (localhost, 127.0.0.1, [::1]): any port.";
    else_equal: Said = "其余部分要完全相同，大小写和百分号编码也算。登录和登出的名单互不相通。", "Everything else has to be equal, case and percent-escapes included. The two lists never stand in for each other.";
    trial: Said = "测试一个 URL", "Test an address";
    trial_hint: Said = "按上面输入的名单判断，不必先保存。", "Judged by the lists as typed above, saved or not.";
    trial_list: Said = "用哪个名单", "Against which list";
    trial_allowed: Said = "放行，依据这一条", "Allowed, by this entry";
    trial_sent: Said = "浏览器会去", "The browser goes to";
    trial_not_text: Said = "在登出端点，post_logout_redirect_uri 要与登记的写法一字不差，这样写在那里会被拒绝。", "At the end-session endpoint, post_logout_redirect_uri has to be written exactly as registered; written like this it is refused there.";
    trial_refused: Said = "拒绝", "Refused";
    stale: Said = "没有保存：有人先改了", "Not saved: somebody changed it first";
    stale_line: Said = "你输入的都还在表单里。下面是现在保存着的值，再保存一次就会换成你的。", "All you typed is still in the form. This is what is stored now; saving once more replaces it with yours.";
    stored_now: Said = "现在保存的值", "Stored now";
    on: Said = "开", "on";
    off: Said = "关", "off";

    env_copy: Said = "复制为 .env", "Copy as .env";
    env_download: Said = "下载 .env", "Download .env";
    env_show: Said = "看看 .env 的内容", "What the .env holds";
    env_line: Said = "密钥不在里面，它只在创建时显示一次。", "Without the secret, which is shown only when it is made.";
    lifetimes: Said = "有效期", "Lifetimes";
    lifetimes_line: Said = "对所有应用一样。令牌的写在服务器的配置里，登录状态的可以在设置里改。", "The same for every application: those of tokens stand in the configuration of the server, those of sessions under Settings.";
    access_token: Said = "访问令牌", "Access token";
    refresh_token: Said = "刷新令牌", "Refresh token";
    session_idle: Said = "登录状态，不用时", "Session, when unused";
    session_absolute: Said = "登录状态，最长", "Session, at most";
    settings: Said = "设置", "Settings";
    minutes: Counted = |n| format!("{n} 分钟"), |n| format!("{n} min");
    hours: Counted = |n| format!("{n} 小时"), |n| s(n, "hour");
    days: Counted = |n| format!("{n} 天"), |n| s(n, "day");
    seconds: Counted = |n| format!("{n} 秒"), |n| format!("{n} s");

    quick_line: Said = "App ID 和地址都已填好，复制就能用。", "Ids and addresses are filled in: copy and run.";
    quick_secret: Said = "密钥永远不在这一页：它只在创建时显示一次，丢了就在应用配置里换一把。", "The secret is never on this page: it is shown once, when it is made. If it is lost, replace it under Configuration.";
    quick_try: Said = "先看通不通", "See whether it answers";
    quick_try_line: Said = "读取服务发现地址；看到 Issuer 就是通了。", "Reads the discovery document; when it names the issuer, all is well.";
    quick_sdk: Said = "Authing SDK，只换主机", "Authing's SDK, with another host";
    quick_sdk_line: Said = "代码不用改，把 SDK 的地址指到这里。", "Your code stays as it is; point the SDK here.";
    quick_oidc: Said = "OpenID Connect 客户端", "An OpenID Connect client";
    quick_oidc_line: Said = "大多数客户端只要 Issuer 和 App ID，其余自己去读。", "Most clients need the issuer and the App ID, and read the rest themselves.";
    quick_logout: Said = "退出登录", "Log out";
    quick_logout_line: Said = "让浏览器打开它：整个登录结束，再回到登记过的登出回调 URL。", "Have the browser open it: the whole session ends, then it goes to a registered logout callback URL.";
    quick_kick: Said = "强制下线", "Force log out";
    quick_kick_line: Said = "先到「访问密钥」创建一把，填进头两行。", "Make an access key first, and put it into the first two lines.";
    quick_more: Said = "支持的 Authing 接口", "Which of Authing's calls are answered";
    quick_scopes: Said = "范围", "Scopes";
    quick_callback: Said = "还没有登记，请先在应用配置里填写", "none registered yet; add one under Configuration";
}
}

impl Applications {
    /// A span of time in its largest whole unit: `10 min`, `3 days`.
    pub fn span(&self, seconds: u32) -> String {
        let whole = |unit: u32| seconds >= unit && seconds.is_multiple_of(unit);
        let n = |unit: u32| Count::from(seconds / unit);
        match seconds {
            _ if whole(86_400) => (self.days)(n(86_400)),
            _ if whole(3_600) => (self.hours)(n(3_600)),
            _ if whole(60) => (self.minutes)(n(60)),
            _ => (self.seconds)(n(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::page::words::Lang;

    #[test]
    fn a_span_is_told_in_its_largest_whole_unit() {
        let words = &Lang::En.words().applications;
        let told = [600, 3_600, 7_200, 259_200, 90, 61].map(|seconds| words.span(seconds));
        assert_eq!(told, ["10 min", "1 hour", "2 hours", "3 days", "90 s", "61 s"]);
    }
}
