//! Sentences of the settings of a pool, and of what powers an administrator has.

use super::table::{Counted, Named, Said, people};

sentences! {
/// Settings of a pool, powers of administrators.
Settings {
    only_reading: Said = "你是只读管理员：这里的一切都看得到，什么也改不了。", "You are a read-only administrator: you see everything here and change nothing.";

    confirm_title: Said = "确认是你本人", "Confirm it is you";
    confirm_why: Said = "上次输入密码已超过 10 分钟，做这样的事之前要再问一次。", "It is more than 10 minutes since you gave your password, and this is not done without it.";
    confirm_then: Said = "确认之后就会", "Once you confirm";
    confirm_password: Said = "你的密码", "Your password";
    confirm_act: Said = "确认，照做", "Confirm and do it";
    confirm_kept: Said = "刚才填写的内容都保留着，不用再填。", "What you filled in is kept; you need not fill it in again.";
    confirm_not: Said = "还没有做", "Not done yet";
    confirm_left: Counted = |n| format!("密码不正确，还可以尝试 {n} 次。"), |n| if n.is_one() { "The password is wrong. 1 attempt left.".to_owned() } else { format!("The password is wrong. {n} attempts left.") };
    grave_delete_user: Named = |n| format!("删除用户{n}，不能恢复。"), |n| format!("The user {n} is deleted for good.");
    grave_delete_application: Named = |n| format!("删除应用{n}，不能恢复。"), |n| format!("The application {n} is deleted for good.");
    grave_new_secret: Named = |n| format!("更换{n}的密钥，旧密钥立即作废。"), |n| format!("{n} gets a new secret, and the old one is void at once.");
    grave_new_key: Named = |n| format!("创建访问密钥：{n}。"), |n| format!("An access key is made for: {n}.");
    grave_role: fn(&str, &str) -> String = |n, role| format!("把{n}的角色改为{role}。"), |n, role| format!("The role of {n} becomes: {role}.");
    grave_reset_link: Named = |n| format!("为{n}生成重设密码的链接。"), |n| format!("A link is made by which {n} can set a new password.");
    grave_password: Named = |n| format!("为{n}设置新密码，其所有登录随之结束。"), |n| format!("{n} gets a new password, and every login of theirs ends.");
    grave_disable: Named = |n| format!("停用管理员{n}，其所有登录立即结束。"), |n| format!("The administrator {n} is disabled, and every login of theirs ends.");
    grave_settings: Said = "修改用户池的设置。", "The settings of the user pool are changed.";
    grave_everybody: Named = |n| format!("让{n}里的所有人下线。"), |n| format!("Everybody is forced to log out of {n}.");
    grave_many: Counted = |n| format!("让 {n} 人下线。"), |n| format!("{} forced to log out.", if n.is_one() { "1 person is".to_owned() } else { format!("{} are", people(n)) });
}
}
