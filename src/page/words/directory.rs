//! Sentences of the console about applications, users and access keys.

use super::table::{Counted, Named, Said, s};
use crate::domain::user::Role;
use crate::page::count::Count;

sentences! {
/// Applications, users and access keys.
Directory {
    new_application: Said = "创建应用", "New application";
    applications_line: Said = "用户登录到应用；每个应用有自己的登录状态。", "People log in to applications; each has a login status of its own.";
    no_applications: Said = "还没有应用。", "There is no application yet.";
    name: Said = "名称", "Name";
    identifier: Said = "标识", "Identifier";
    identifier_hint: Said = "应用网址的第一级，例如 notes；小写字母、数字和连字符。", "The first label of the application's own host, such as notes: lower-case letters, digits and hyphens.";
    application_id: Said = "App ID", "App ID";
    online_now: Said = "在线", "Online";
    addresses: Said = "登记的地址", "Addresses";
    n_addresses: Counted = |n| format!("{n} 个"), |n| format!("{n}");
    no_addresses: Said = "没有登记", "none registered";
    redirect_uris: Said = "登录回调 URL", "Login callback URLs";
    redirect_uris_hint: Said = "登录之后只会回到这里登记的地址。每行一个。", "After logging in, browsers only go back to an address registered here. One a line.";
    logout_redirect_uris: Said = "登出回调 URL", "Logout callback URLs";
    logout_redirect_uris_hint: Said = "退出登录之后只会去这里登记的地址。每行一个。", "After logging out, browsers only go to an address registered here. One a line.";
    wildcard_hint: Said = "* 可以是最左一级域名，或者路径、查询的结尾。", "A * may be the whole leftmost label of the host, or end the path or the query.";
    taken_as: Named = |url| format!("登记为 {url}"), |url| format!("registered as {url}");
    basics: Said = "基本信息", "Basics";
    login_and_logout: Said = "登录与登出", "Log-in and log-out";
    endpoints: Said = "端点信息", "Endpoints";
    endpoint_host: Said = "应用网址", "Own address";
    endpoint_login: Said = "登录页面", "Log-in page";
    endpoint_logout: Said = "退出链接", "Log-out link";
    endpoint_kick: Said = "强制下线接口", "Force log-out call";
    application_secret: Said = "应用密钥", "Application secret";
    secret_title: Said = "应用密钥", "Application secret";
    secret_once: Said = "现在就复制：离开这个页面之后，谁也看不到它了。", "Copy it now: after this page nobody can see it again.";
    secret_kept: Said = "我们只存它的指纹。丢了就换一把。", "We keep only its fingerprint. If it is lost, replace it.";
    rotate_secret: Said = "更换密钥", "Replace the secret";
    rotate_line: Said = "旧密钥立即作废，用它的服务要换上新的。", "The old one is void at once; services that use it need the new one.";
    copied_it: Said = "复制好了", "I have copied it";
    delete_application: Said = "删除应用", "Delete the application";
    delete_application_line: Named = |n| format!("{n}的所有登录随之结束，不能恢复。"), |n| format!("Every log-in to {n} ends with it. This cannot be undone.");
    create: Said = "创建", "Create";
    created: Said = "已创建", "Created";
    danger: Said = "不能恢复的事", "What cannot be undone";
    confirm_name: Named = |n| format!("输入 {n} 以确认"), |n| format!("Type {n} to confirm");

    user_created: Named = |n| format!("已创建 {n}"), |n| format!("{n} is created");
    user_disabled: Named = |n| format!("已停用 {n}"), |n| format!("{n} is disabled");
    user_enabled: Named = |n| format!("{n} 可以重新登录"), |n| format!("{n} may log in again");
    new_user: Said = "创建用户", "New user";
    search_users: Said = "姓名、用户名、邮箱、手机号、编号", "Name, user name, email, phone, id";
    no_users: Said = "还没有用户。", "There is no user yet.";
    person_name: Said = "姓名", "Name";
    username: Said = "用户名", "User name";
    email: Said = "邮箱", "Email";
    phone: Said = "手机号", "Phone";
    password: Said = "密码", "Password";
    password_hint: Said = "至少 8 个字符。告诉本人，请其登录后更换。", "At least 8 characters. Tell the person, who should change it after logging in.";
    new_password: Said = "设置新密码", "Set a new password";
    new_password_hint: Said = "留空则不变。设置后，这位用户在每台设备上都要重新登录。", "Leave it empty to keep the present one. A new one logs the user out on every device.";
    role: Said = "角色", "Role";
    plain_user: Said = "普通用户", "User";
    plain_user_note: Said = "只有自己的个人中心。", "Has a personal center, nothing else.";
    auditor: Said = "只读管理员", "Read-only administrator";
    auditor_note: Said = "看得到控制台的每一页，什么也改不了。", "Sees every page of the console and can change nothing.";
    admin: Said = "管理员", "Administrator";
    admin_note: Said = "可以进控制台，可以强制别人下线。", "May enter the console and force others to log out.";
    status: Said = "状态", "Status";
    enabled: Said = "正常", "Enabled";
    disabled: Said = "已停用", "Disabled";
    disabled_note: Said = "停用会立即结束这位用户的所有登录。", "Disabling ends every log-in of this user at once.";
    last_login: Said = "最近登录", "Last log-in";
    last_login_at: Named = |t| format!("最近登录 {t}"), |t| format!("last log-in {t}");
    never: Said = "从未", "never";
    sessions: Said = "会话", "Sessions";
    n_users: Counted = |n| format!("{n} 位用户"), |n| s(n, "user");
    user_sessions: Said = "登录设备", "Devices";
    applications: Said = "应用", "Applications";
    of_all: fn(Count, Count) -> String = |_, all| format!("等 {all} 个"), |more, _| format!(" and {more} more");
    no_sessions: Said = "现在没有登录。", "Not logged in anywhere now.";
    force_everything: Said = "强制下线…", "Force log out…";
    force_everything_line: Said = "在所有设备、所有应用上结束登录。", "Ends every log-in, on every device, in every application.";
    delete_user: Said = "删除用户", "Delete the user";
    delete_user_line: Named = |n| format!("{n}的登录立即结束，资料不能恢复。"), |n| format!("The log-ins of {n} end at once; the data cannot be restored.");
    more: Said = "更多", "More";
    disable: Said = "停用", "Disable";
    enable: Said = "恢复使用", "Enable again";
    enable_note: Said = "这位用户可以重新登录。", "The user may log in again.";
    delete_note: Said = "结束所有登录，资料不能恢复。先要输入名字确认。", "Ends every log-in and cannot be undone. You type the name first.";
    tab_information: Said = "用户信息", "Information";
    tab_applications: Said = "应用", "Applications";
    tab_history: Said = "登录历史", "History";
    tab_raw: Said = "原始数据", "Raw data";
    raw_note: Said = "程序读到的这位用户。密码和密钥不在其中。", "This user as programs read it. No password and no secret is in it.";
    force_out_short: Said = "强制下线", "Force log out";
    devices_note: Said = "线的左端是登录，右端是最近一次活动。强制下线会结束这台设备上的所有应用。", "A line begins at the log-in and ends at the last activity. To force a log-out ends every application on that device.";
    no_user_applications: Said = "还没有登录过任何应用。", "Has not logged in to any application yet.";
    user_applications_note: Said = "从一个应用强制下线，会结束它在所有设备上的登录，再进入时要输入密码。", "A forced log-out from one application ends it on all their devices; to enter it again they type the password.";
    user_in_on: Counted = |n| format!("在 {n} 台设备上登录着"), |n| format!("logged in on {}", s(n, "device"));
    user_id: Said = "用户编号", "User id";

    keys_line: Said = "程序用访问密钥调用管理接口，例如强制下线。", "Programs call the management API with an access key, for example to force people to log out.";
    new_key: Said = "创建访问密钥", "New access key";
    no_keys: Said = "还没有访问密钥。", "There is no access key yet.";
    key_id: Said = "密钥编号", "Key id";
    key_secret: Said = "密钥", "Secret";
    label: Said = "用途", "Purpose";
    label_hint: Said = "写给以后的自己看，例如：离职流程。", "A note to yourself, such as: leaving employees.";
    created_at: Said = "创建于", "Created";
    last_used: Said = "最近使用", "Last used";
    created_by: Said = "创建者", "By";
    revoke: Said = "作废", "Revoke";
    revoked: Said = "已作废", "Revoked";
}
}

impl Directory {
    /// What a role is called, and what it may do.
    pub fn of_role(&self, role: Role) -> (&'static str, &'static str) {
        match role {
            Role::Person => (self.plain_user, self.plain_user_note),
            Role::Auditor => (self.auditor, self.auditor_note),
            Role::Admin => (self.admin, self.admin_note),
        }
    }
}
