//! Sentences between an application's authorization request and the answer to it.

use super::Lang;
use super::table::{Named, Said};
use crate::domain::oauth::Scope;

sentences! {
/// The question before an application gets to know somebody, the ways of answering it, and requests that have no answer.
Authorize {
    continue_to: Named = |n| format!("继续前往{n}？"), |n| format!("Continue to {n}?");
    continue_as: Named = |n| format!("以{n}的身份继续？"), |n| format!("Continue as {n}?");
    why_asked: Named = |n| format!("{n}请我们先问你。你的密码不会交给它。"), |n| format!("{n} wants us to ask you first. It never sees your password.");
    you_are: Said = "你现在是", "You are";
    other_account: Said = "使用其他账号", "Use another account";
    it_gets: Named = |n| format!("{n}会得到"), |n| format!("{n} will get");
    go_on: Said = "继续", "Continue";

    returning: Named = |n| format!("正在回到{n}"), |n| format!("Returning to {n}");
    returning_line: Said = "如果页面没有自己打开，请按“继续”。", "If nothing happens, press Continue.";
    close_window: Said = "这个窗口可以关闭了", "You can close this window";
    answer_went_to: Said = "结果只交给了 ", "The answer went to nobody but ";
    frame_title: Said = "登录状态", "Login status";
    frame_line: Said = "应用在看不见的框架里打开这一页，用来知道这个浏览器里的登录有没有变化。", "Applications open this page in a hidden frame, to learn whether the login in this browser has changed.";

    not_answered: Said = "这个登录请求无法处理", "This login request cannot be answered";
    not_answered_at: Named = |n| format!("无法登录到{n}"), |n| format!("Cannot log in to {n}");
    not_answered_line: Said = "应用发来的请求和这里登记的不一致，所以没有把你送回去。你的登录没有变化。", "What the application sent does not match what is registered here, so we did not send you back. Your login has not changed.";
    to_mend: Said = "这要由管理应用的人来改正", "Whoever runs the application has to correct this";
    address: Said = "登录回调 URL 没有登记", "The login callback URL is not registered";
    register_it: Named = |n| format!("如果这个地址属于{n}，管理员可以在控制台的应用页里，把它一字不差地登记为登录回调 URL。"), |n| format!("If this address belongs to {n}, an administrator can register it in the console, on the application's page, as a login callback URL, letter for letter.");
    open_settings: Said = "在控制台打开这个应用", "Open this application in the console";
    code: Said = "错误代码", "Error code";
}
}

impl Authorize {
    /// What a scope gives away, in words of everyday; `None` when it gives nothing that anybody has.
    pub fn scope(lang: Lang, scope: Scope) -> Option<&'static str> {
        let (zh, en) = match scope {
            Scope::OpenId => ("认出你的编号", "A number by which it knows you again"),
            Scope::Profile => ("你的姓名", "Your name"),
            Scope::Username => ("你的用户名", "Your user name"),
            Scope::Email => ("你的邮箱", "Your email"),
            Scope::Phone => ("你的手机号", "Your phone number"),
            Scope::User => ("你的姓名、用户名、邮箱和手机号", "Your name, user name, email and phone number"),
            Scope::OfflineAccess => ("你离开后仍保持登录", "Leave to stay logged in while you are away"),
        };
        Some(match lang {
            Lang::Zh => zh,
            Lang::En => en,
        })
    }
}
