//! Sentences of the page where people make themselves a user.

use super::table::{Counted, Named, Said};

sentences! {
/// Register.
Register {
    title: Named = |app| format!("注册{app}的账号"), |app| format!("Register for {app}");
    stays: Named = |pool| format!("这个账号归 {pool} 管理，它的其他应用也认得。"), |pool| format!("Your account is kept by {pool}. Its other applications know it too.");
    account: Said = "用户名或邮箱", "User name or email";
    account_hint: Said = "以后用它登录。", "You will log in with it.";
    name: Said = "怎么称呼你", "What to call you";
    password: Said = "密码", "Password";
    again: Said = "再输一次密码", "Password again";
    submit: Said = "注册并登录", "Register and log in";
    refused: Said = "没有注册成功", "Not registered";
    throttled: Counted = |n| format!("从你的网络注册得太多了，请等 {n} 秒再试。"), |n| if n.is_one() { "Too many registrations from your network. Please wait 1 second.".to_owned() } else { format!("Too many registrations from your network. Please wait {n} seconds.") };
    have_account: Said = "已经有账号？", "Have an account? ";
    closed_title: Said = "这里不能自己注册", "Nobody can register here";
    closed: Said = "需要账号的话，请找管理员开一个。", "If you need an account, ask an administrator for one.";
}
}
