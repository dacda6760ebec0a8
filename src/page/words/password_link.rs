//! Sentences about links by which people set a new password.

use super::table::{Named, Said};

sentences! {
/// A link by which a person sets a new password.
PasswordLink {
    title: Said = "设置新密码", "Set a new password";
    of: Named = |n| format!("{n}，请为自己设置新密码。"), |n| format!("{n}, please choose a new password.");
    side: Said = "设置之后，你在所有设备上的登录都会结束，这个链接随之失效。", "All your logins will end, on every device, and this link stops working.";
    new_password: Said = "新密码", "New password";
    new_hint: Said = "至少 8 个字符，长比花样多更要紧。", "At least 8 characters; longer beats more complicated.";
    again: Said = "再输一次新密码", "Repeat new password";
    submit: Said = "设置新密码", "Set the new password";
    dead_title: Said = "这个链接不能用了", "This link does not work";
    dead: Said = "它已经用过、过期或作废，请找管理员要一个新的。", "It was used, is too old, or was replaced; ask an administrator for a new one.";

    make: Said = "重设密码链接", "Password reset link";
    make_note: Said = "制作一个一次性链接，由本人设置新密码。", "Makes a one-time link by which the person sets a new password.";
    made_title: Said = "重设密码的链接", "Password reset link";
    once: Said = "现在就复制：离开这个页面之后，谁也看不到它了。", "Copy it now: after this page nobody can see it again.";
    hand_over: Named = |n| format!("把它交给{n}本人，最好当面或打电话核实之后。拿到链接的人就能设置密码。"), |n| format!("Give it to {n} in person, or after a call. Whoever has the link can set the password.");
    what_happens: Said = "它只能用一次。设置密码之后，这位用户的所有登录都会结束。新的链接会让旧的失效。", "It works once. Setting the password ends every login of this user. A newer link replaces an older one.";
    link: Said = "链接", "Link";
    until: Said = "有效至", "Works until";
    whom: Said = "用户", "User";
    copied_it: Said = "复制好了", "I have copied it";
}
}
