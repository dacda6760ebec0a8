//! Sentences of the pages that meet a person for ten seconds: log in, log out, farewell, errors.

use super::table::{Counted, Named, Said};
use super::{Cause, Lang};

sentences! {
/// Log in, log out, farewell, errors.
Gate {
    log_in_to: Named = |n| format!("登录到{n}"), |n| format!("Log in to {n}");
    log_in_to_console: Said = "登录到控制台", "Log in to the console";
    log_in_to_personal_center: Said = "登录到个人中心", "Log in to your personal center";
    return_to: Said = "登录后回到 ", "You will return to ";
    trust: fn(&str, &str) -> String = |pool, app| format!("密码只交给 {pool} 自己的服务器，{app}看不到它。"), |pool, app| format!("Your password goes to a server that {pool} runs itself. {app} never sees it.");
    account: Said = "用户名、邮箱或手机号", "User name, email or phone";
    password: Said = "密码", "Password";
    shared_computer: Said = "公用电脑，用完请退出登录", "On a shared computer, log out when done";
    who_to_ask: Said = "忘记密码时，请找管理员重设。", "Forgot your password? Ask an administrator to set a new one.";
    whom_to_ask: Named = |who| format!("可以找：{who}"), |who| format!("Whom to ask: {who}");
    log_in_as: Said = "演示：点一下，直接登录", "Demo: log in with one press as";
    no_account: Said = "还没有账号？", "No account yet? ";
    register: Said = "立即注册", "Register";
    not_logged_in: Said = "登录没有成功", "Not logged in";

    log_out_question: Said = "要退出登录吗？", "Log out?";
    why_asked: Said = "这个请求不是从本站的页面发出的，所以先问一句。", "This request did not come from one of our own pages, so we ask first.";
    leaving_here: Said = "这台设备上会一起退出", "On this device you will leave";
    leaving_nothing: Said = "这台设备上没有应用在登录中。", "No application is open on this device.";
    since: Named = |t| format!("{t} 登录"), |t| format!("since {t}");
    others_stay: Counted = |n| format!("另外 {n} 台设备不受影响。"), |n| if n.is_one() { "Your other device stays logged in.".to_owned() } else { format!("Your {n} other devices stay logged in.") };
    log_out_everywhere: Said = "退出所有设备", "Log out on all devices";
    return_refused: Said = "退出后不会前往这个没有登记的地址", "After that we will not go to this unregistered address";

    nothing_remains: Said = "这台设备上不再留有你的登录。", "Nothing of your login remains on this device.";
    clause_comma: Said = "，", ", ";
    told: Said = "已通知这些应用", "We told these applications";
    left_too: Said = "一同退出的应用", "Applications you have left";
    confirmed_in: Counted = |ms| format!("{ms} 毫秒后确认"), |ms| format!("confirmed in {ms} ms");
    waiting: Said = "还没有应答。我们会继续通知；也请关闭它的页面。", "No answer yet. We keep trying; please close its tab too.";
    failed: Said = "没有通知到。请关闭它的页面。", "Could not be reached. Please close its tab.";
    not_told: Said = "它没有登记接收通知的地址。请关闭它的页面。", "It has no address for such messages. Please close its tab.";
    departing: Said = "正在退出登录", "Logging you out";
    departing_line: Said = "你的登录已经结束，正在告诉你用过的应用。", "Your login has ended. We are telling the applications you were in.";
    go_on: Said = "继续", "Continue";
    log_in_again: Said = "重新登录", "Log in again";
    address_refused: Said = "返回地址没有登记，没有前往", "The return address is not registered";
    address_refused_note: Said = "这不影响退出。", "We did not go there; you are logged out.";
    for_developers: Said = "给开发者", "For developers";
    rule_broken: Said = "原因", "Why";
    closest: Said = "最接近的登记地址", "The closest registered address";
    first_difference: Counted = |n| format!("从第 {n} 个字符起不同"), |n| format!("They differ from character {n} on");

    form_too_old: Said = "这个页面打开太久了", "This page was open too long";
    nothing_changed: Said = "什么都没有改动", "Nothing was changed";
    send_again_line: Said = "你填的内容还在，再提交一次就好。密码不会保留，需要重新输入。", "What you typed is still here: send it again. Passwords are not kept and have to be typed anew.";
    send_again: Said = "再提交一次", "Send it again";

    you_are: Named = |n| format!("当前登录：{n}"), |n| format!("You are logged in as {n}");
    can_do: Said = "可以这样做", "What you can do";
    go_personal_center: Said = "去个人中心", "Go to your personal center";
    go_console: Said = "回到控制台", "Back to the console";
    go_log_in: Said = "去登录", "Log in";
    go_back_to: Named = |n| format!("回到{n}"), |n| format!("Back to {n}");
    try_again: Said = "再试一次", "Try again";
    ask_admin: Said = "问管理员", "Ask an administrator";
    ask_admin_at: Named = |who| format!("问管理员：{who}"), |who| format!("Ask an administrator: {who}");
    quote_request_id: Said = "请附上请求编号 ", "Please quote the request id ";
    copy_request_id: Said = "复制请求编号", "Copy the request id";
    tries_again: Counted = |n| format!("{n} 秒后，这一页会自己再试一次。"), |n| format!("This page tries again by itself in {n} seconds.");
    wait_seconds: Counted = |n| format!("请等 {n} 秒再试。"), |n| if n.is_one() { "Please try again in 1 second.".to_owned() } else { format!("Please try again in {n} seconds.") };
}
}

/// The heading and the calm line below it on the farewell page.
#[derive(Debug, Clone, Copy)]
pub struct Farewell {
    /// What is the case now.
    pub title: &'static str,
    /// Why, or what to know.
    pub line: &'static str,
}

impl Gate {
    /// What the farewell page says for each cause; `None` when nobody was logged in.
    pub fn farewell(lang: Lang, cause: Option<Cause>) -> Farewell {
        let (title, line) = match lang {
            Lang::Zh => Self::farewell_zh(cause),
            Lang::En => Self::farewell_en(cause),
        };
        Farewell { title, line }
    }

    fn farewell_zh(cause: Option<Cause>) -> (&'static str, &'static str) {
        let Some(cause) = cause else {
            return ("没有人登录着", "这台设备上没有登录，也就没有什么要退出。");
        };
        match cause {
            Cause::PersonalCenter | Cause::FrontEnd | Cause::EndSession => {
                ("你已退出登录", "这台设备上不再留有你的登录。")
            }
            Cause::Kicked | Cause::Console => ("你的登录已被管理员结束", "如有疑问，请找管理员。你可以重新登录。"),
            Cause::PasswordChanged => ("密码已更换，请重新登录", "更换密码时，其他设备上的登录已一并结束。"),
            Cause::Disabled => ("你的账号已停用", "登录已经结束。要恢复使用，请找管理员。"),
            Cause::Deleted => ("你的账号已删除", "登录已经结束，这台设备上不再留有什么。"),
            Cause::ApplicationDeleted => ("这个应用已不存在", "它已被管理员删除，你在其中的登录随之结束。"),
            Cause::Expired => ("登录已到期", "登录有期限，到期后请重新登录。"),
            Cause::Replaced => ("登录已被新的登录取代", "这台设备上有了新的登录，旧的随之结束。"),
        }
    }

    fn farewell_en(cause: Option<Cause>) -> (&'static str, &'static str) {
        let Some(cause) = cause else {
            return ("Nobody was logged in", "There was no login on this device, so there was nothing to end.");
        };
        match cause {
            Cause::PersonalCenter | Cause::FrontEnd | Cause::EndSession => {
                ("You are logged out", "Nothing of your login remains on this device.")
            }
            Cause::Kicked | Cause::Console => {
                ("An administrator ended your login", "Not expected? Ask an administrator. You may log in again.")
            }
            Cause::PasswordChanged => {
                ("Your password was changed", "The logins on other devices ended with it. Please log in again.")
            }
            Cause::Disabled => {
                ("Your account is disabled", "Your login has ended. Ask an administrator to be let in again.")
            }
            Cause::Deleted => ("Your account was deleted", "Your login has ended, and nothing remains on this device."),
            Cause::ApplicationDeleted => {
                ("This application is gone", "An administrator deleted it, and your login there ended with it.")
            }
            Cause::Expired => ("Your login has expired", "Logins last for a limited time. Please log in again."),
            Cause::Replaced => {
                ("A newer login took its place", "Somebody logged in anew on this device; the old login ended.")
            }
        }
    }
}
