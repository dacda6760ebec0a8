//! Sentences of the settings of a pool, and of what powers an administrator has.

use super::table::{Counted, Named, Said, people, s};
use crate::page::console::SettingsField;

sentences! {
/// Settings of a pool, powers of administrators.
Settings {
    only_reading: Said = "你是只读管理员：这里的一切都看得到，什么也改不了。", "You are a read-only administrator: you see everything here and change nothing.";

    title: Said = "设置", "Settings";
    line: Said = "用户池的名称、外观、会话期限，以及谁能进控制台。", "Name and look of the user pool, lifetimes of its sessions, and who may enter the console.";
    looks: Said = "名称与外观", "Name and look";
    pool_name: Said = "用户池名称", "Name of the user pool";
    pool_name_hint: Said = "写在登录页上，也写在每一页的页脚。", "Stands on the login page and at the foot of pages.";
    contact: Said = "可以找谁", "Whom to ask";
    contact_hint: Said = "忘记密码、被强制下线、出错时，页面会告诉大家去找谁，例如：前台 8001，it@example.com。", "Told to people who forgot their password, were forced out or met an error. For example: reception 8001, it@example.com.";
    accent: Said = "强调色", "Accent colour";
    accent_hint: Said = "以 # 开头的六位颜色值；留空则用本来的青瓷色。", "As #rrggbb; leave it empty for the celadon of the house.";
    by_day: Named = |n| format!("浅色 {n}:1"), |n| format!("Light {n}:1");
    by_night: Named = |n| format!("深色 {n}:1"), |n| format!("Dark {n}:1");
    sample_label: fn(&str, &str) -> String = |day, night| format!("强调色的样子：浅色页面上对比度 {day}:1，深色页面上 {night}:1"), |day, night| format!("The colour as it looks: contrast {day}:1 on light pages, {night}:1 on dark ones");
    sample_note: Said = "数字是与背景的对比度，不能低于 4.5:1。深色页面上的颜色由浅色的推算出来。", "The numbers are contrasts with the ground, at least 4.5:1. The colour for dark pages is computed from the light one.";
    preview: Said = "预览", "Preview";
    preview_only: Said = "这只是预览，还没有保存。", "This is a preview; nothing is saved yet.";
    lifetimes: Said = "会话期限", "Lifetimes of sessions";
    idle_hours: Said = "多少小时不用就到期", "Idle hours";
    absolute_hours: Said = "最长多少小时", "Maximum hours";
    hours_hint: Counted = |n| format!("留空为 {n} 小时。"), |n| format!("Empty: {}.", s(n, "hour"));
    hours: Counted = |n| format!("{n} 小时"), |n| s(n, "hour");
    stated_flag: Said = "由启动命令规定，不能在这里改。", "Stated on the command line; it cannot be changed here.";
    stated_environment: Said = "由环境变量规定，不能在这里改：", "Stated by an environment variable; it cannot be changed here: ";
    stated_file: Said = "由配置文件 exeunt.toml 规定，不能在这里改。", "Stated in exeunt.toml; it cannot be changed here.";
    lifetime_note: Said = "改短立即生效，已经登录的也一样，到期的随即退出。改长时，最长期限从下一次登录起算。", "A shorter one holds at once, also for those who are logged in, and what is over by it ends. A longer maximum counts from the next login on.";
    stale: Said = "有人先改了，没有保存", "Somebody was faster; not saved";
    stale_line: Said = "你填写的都还在。再保存一次，就以你的为准。", "What you typed is still here. Save once more to put it in the place of theirs.";
    now_holds: fn(&str, &str) -> String = |field, value| format!("{field}现在是：{value}"), |field, value| format!("{field} is now: {value}");
    fault: fn(&str, &str) -> String = |field, fault| format!("{field}：{fault}"), |field, fault| format!("{field}: {fault}");
    logo: Said = "标志", "Logo";
    logo_of: Named = |n| format!("{n}的标志"), |n| format!("Logo of {n}");
    logo_choose: Said = "选一张图", "Choose a picture";
    logo_other: Said = "换一张图", "Choose another picture";
    logo_hint: Said = "PNG、JPEG 或 WebP，最大 64 KB，高 40 像素以上。它代替页面左上角的字标。", "PNG, JPEG or WebP, at most 64 KB, 40 pixels high or more. It takes the place of the wordmark at the top left.";
    logo_set: Said = "使用这张图", "Use this picture";
    logo_remove: Said = "移除", "Remove";
    keepers: Said = "谁能进控制台", "Who may enter the console";
    all_users: Said = "全部用户", "All users";
    keys_note: Said = "程序也能管理：它们用访问密钥。", "Programs can administer too: with access keys.";
    n_keys: Counted = |n| format!("{n} 把"), |n| s(n, "key");
    network: Said = "网络", "Network";
    your_address: Said = "你的地址，服务器看到的", "Your address as the server sees it";
    proxies: Said = "可信代理", "Trusted proxies";
    no_proxies: Said = "没有", "none";
    proxies_note: Said = "由启动配置的 trusted_proxies 规定。前面有反向代理，而上面不是你自己的地址，就要把代理的地址写进去。", "Stated by trusted_proxies where the server is started. With a reverse proxy in front, and an address above that is not yours, name the proxy there.";
    strange_proxy: Said = "来了一个不被相信的转发头", "A forwarding header came that is not believed";
    strange_proxy_line: Said = "这个请求经过了转发，但发来它的地址不在可信代理里。审计和限速用的是那个代理的地址。", "This request carries X-Forwarded-For, but came from no trusted proxy. Audit log and throttling use the address of the proxy.";
    system: Said = "系统信息", "System";
    copy_diagnostics: Said = "复制诊断信息", "Copy the diagnostics";
    diagnostics_note: Said = "里面没有密钥，可以放心发给别人。", "It holds no secret and may be shown to others.";

    confirm_title: Said = "确认是你本人", "Confirm it is you";
    confirm_why: Said = "上次输入密码已超过 10 分钟，做这样的事之前要再问一次。", "It is more than 10 minutes since you gave your password, and this is not done without it.";
    confirm_then: Said = "确认之后就会", "Once you confirm";
    confirm_password: Said = "你的密码", "Your password";
    confirm_act: Said = "确认执行", "Confirm and do it";
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

impl Settings {
    /// What a field is called.
    pub fn label(&self, field: SettingsField) -> &'static str {
        match field {
            SettingsField::Name => self.pool_name,
            SettingsField::Contact => self.contact,
            SettingsField::Accent => self.accent,
            SettingsField::IdleHours => self.idle_hours,
            SettingsField::AbsoluteHours => self.absolute_hours,
            SettingsField::Logo => self.logo,
        }
    }
}
