//! Sentences of the page that makes the first administrator.

use super::table::Said;

sentences! {
/// The first start.
Setup {
    title: Said = "设置 exeunt", "Set up exeunt";
    side: Said = "这里还没有任何人。请创建第一位管理员，这个链接随后失效。", "Nobody is here yet. Make the first administrator; then this link stops working.";
    administrator: Said = "管理员", "Administrator";
    username: Said = "用户名", "User name";
    password: Said = "密码", "Password";
    password_hint: Said = "至少 8 个字符。", "At least 8 characters.";
    application: Said = "第一个应用", "First application";
    application_hint: Said = "可以留空，以后再在控制台添加。", "Leave it empty to add one in the console later.";
    application_name: Said = "应用名称", "Name of the application";
    identifier: Said = "应用标识", "Identifier";
    identifier_hint: Said = "它自己的域名的第一段：小写字母、数字和连字符。", "The first label of its own host: lower-case letters, digits and hyphens.";
    redirect_uris: Said = "登录回调 URL，每行一个", "Log-in callback URLs, one a line";
    logout_redirect_uris: Said = "登出回调 URL，每行一个", "Log-out callback URLs, one a line";
    submit: Said = "创建并去登录", "Create and log in";
    waiting_title: Said = "还没有设置", "Not set up yet";
    waiting: Said = "启动服务器的终端里印有设置链接，请打开它。", "The terminal in which the server was started shows a set-up link. Please open it.";
    worn_out_title: Said = "这个链接不能用了", "This link does not work";
    worn_out: Said = "它可能太旧，或者抄漏了几个字符。", "It may be too old, or some characters were lost on the way.";
    again: Said = "在服务器上执行这条命令，会印出新的链接", "On the server, this command prints a new one";
}
}
