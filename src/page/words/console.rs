//! Sentences of the console: its frame, the dashboard, the ledger of sessions, the audit log.

use super::table::{Counted, Named, Said, people, s};
use crate::page::count::Count;

sentences! {
/// The console.
Console {
    rail: Said = "用户池与导航", "User pool and navigation";
    user_pool: Said = "用户池", "User pool";
    overview: Said = "总览", "Overview";
    applications: Said = "应用", "Applications";
    users: Said = "用户", "Users";
    access_keys: Said = "访问密钥", "Access keys";
    audit_log: Said = "审计日志", "Audit log";
    breadcrumbs: Said = "当前位置", "You are here";
    settings: Said = "应用配置", "Configuration";
    login_status: Said = "登录状态管理", "Login status";

    who_is_online: Said = "谁在线", "Who is online";
    people_online: fn(Count) -> &'static str = |_| "人在线", |n| if n.is_one() { "person online" } else { "people online" };
    sessions_in_apps: fn(Count, Count) -> String = |n, apps| format!("{n} 个会话，{apps} 个应用"), |n, apps| format!("{} in {}", s(n, "session"), s(apps, "application"));
    online: Said = "在线", "Online";
    open_online: Said = "打开在线列表", "Open the online list";
    in_no_application: Said = "没有进入应用", "in no application";
    // Said aloud when it changes.
    online_said: fn(Count, Count) -> String = |p, n| format!("{p} 人在线，{n} 个会话"), |p, n| format!("{} online, {}", people(p), s(n, "session"));
    confirmed_said: fn(Count, Count) -> String = |some, all| format!("{all} 个中已确认 {some} 个"), |some, all| format!("{some} of {all} confirmed");
    just_now: Said = "刚才", "Just now";
    comings_and_goings: Said = "最近的进出", "Latest comings and goings";
    time: Said = "时间", "Time";
    event: Said = "事件", "Event";
    no_events: Said = "还没有人进出。", "Nobody has come or gone yet.";
    by_application: Said = "按应用", "By application";
    online_count: Said = "在线人数", "people online";
    share: Said = "比例", "Share";
    people_column: Said = "人", "People";
    no_applications: Said = "还没有应用。", "There is no application yet.";
    logins_24h: Said = "24 小时登录", "Logins, 24 hours";
    logins_ok: Counted = |n| format!("成功 {n}，"), |n| format!("{n} ok, ");
    logins_refused: Counted = |n| format!("失败 {n}"), |n| format!("{n} refused");
    peak: fn(Count, &str) -> String = |n, hour| format!("每小时登录次数，最高 {n} 次，在 {hour}"), |n, hour| format!("Logins an hour, at most {n}, at {hour}");
    logins_since: Named = |time| format!("从{time}数起"), |time| format!("counted from {time}");
    no_logins: Said = "24 小时里没有人登录。", "Nobody has logged in for 24 hours.";
    find_person: Said = "找人", "Find a person";
    find_hint: Said = "姓名、用户名、邮箱、手机号", "Name, user name, email, phone";
    first_steps: Said = "先做三件事", "Three things to begin with";
    step_application: Said = "创建应用", "Make an application";
    step_application_line: Said = "得到 App ID 和接入代码。", "It gets its App ID and the lines to paste.";
    step_people: Said = "添加用户", "Add people";
    step_people_line: Said = "一个一个创建，或导入名单。", "One by one, or by importing a list.";
    step_login: Said = "登录一次", "Log in once";
    step_login_line: Said = "打开应用的登录页面试试，这里会立刻看到。", "Open the login page of an application; it shows here at once.";
    to_do: Said = "待做", "to do";
    look_here: Said = "要留意", "Look here";
    warn_no_backup: Said = "还没有备份。请运行 exeunt backup 文件名。", "There is no backup yet. Run exeunt backup FILE.";
    warn_old_backup: Named = |ago| format!("上次备份在{ago}。请运行 exeunt backup 文件名，最好定时运行。"), |ago| format!("The last backup was made {ago}. Run exeunt backup FILE, best by a timer.");
    warn_lost: Counted = |n| format!("{n} 条退出通知没有送达，已放弃。"), |n| format!("{} given up: applications may not know who left.", s(n, "log-out message"));
    warn_lost_link: Said = "看投递", "See the deliveries";
    warn_http: Named = |url| format!("公网地址 {url} 不是 https，密码在路上谁都看得到。请在代理或配置里启用 https。"), |url| format!("The public URL {url} is not https: passwords travel in the open. Switch https on, at the proxy or here.");
    warn_proxy: Named = |peer| format!("请求经过代理 {peer}，但没有信任它，记下的都是代理的地址。请把它写进 trusted_proxies。"), |peer| format!("Requests come through a proxy at {peer} that is not trusted, so its address is taken for everybody's. Add it to trusted_proxies.");
    warn_password: Said = "有用户用着演示的密码，那是公开的。请立即更换。", "Somebody has the password of the demo, which is public. Change it now.";
    warn_demo: Said = "这是演示：密码是公开的，停止后什么都不留。", "This is a demo: its passwords are public, and nothing stays when it stops.";
    warn_disk: Named = |n| format!("磁盘只剩 {n}。写满之后谁也登录不了。"), |n| format!("Only {n} left on the disk. When it is full, nobody can log in.");

    this_server: Said = "这台服务器", "This server";
    backup: Said = "备份", "Backup";
    no_backup: Said = "还没有备份", "none yet";
    deliveries: Said = "投递", "Deliveries";
    deliveries_line: Said = "应用被告知了哪些退出，还欠哪些，哪些没能送到。", "What applications were told of log-outs, what they are owed, and what could not be delivered.";
    deliveries_waiting: Said = "待送达", "Waiting";
    deliveries_lost: Said = "已放弃", "Given up";
    no_deliveries: Said = "还没有投递。应用登记后端登出通知地址后，每次退出都会出现在这里。", "Nothing yet. Once an application has a back-channel logout address, each log-out is listed here.";
    delivery_took: Said = "用时", "Took";
    test_delivery: Said = "测试", "test";
    all_delivered: Said = "全部送达", "all delivered";
    n_waiting: Counted = |n| format!("{n} 条待送"), |n| format!("{n} waiting");
    n_given_up: Counted = |n| format!("{n} 条已放弃"), |n| format!("{n} given up");
    signing_key: Said = "签名密钥", "Signing key";
    rotates_in: Counted = |n| format!("{n} 天后轮换"), |n| format!("rotates in {n} d");
    disk: Said = "磁盘", "Disk";
    disk_free: Named = |n| format!("余 {n}"), |n| format!("{n} free");
    public_url: Said = "公网地址", "Public URL";
    running_since: Said = "启动", "Started";

    status_line: fn(&str, Count, Count) -> String = |app, p, n| format!("{app}：{p} 人在线，{n} 个会话"), |app, p, n| format!("{app}: {} online, {}", people(p), s(n, "session"));
    status_nobody: Named = |app| format!("{app}：没有人在线"), |app| format!("{app}: nobody online");
    force_everyone: Said = "全部强制下线…", "Force log out everyone…";
    force_out: Said = "强制下线…", "Force log out…";
    clear: Said = "清除选择", "Clear";
    search_sessions: Said = "姓名、用户名、地址、会话编号", "Name, user name, IP, session id";
    sessions_of: Named = |app| format!("{app}的登录会话"), |app| format!("Sessions in {app}");
    select_all: Said = "全选", "Select all";
    select: Named = |what| format!("选择 {what}"), |what| format!("Select {what}");
    user: Said = "用户", "User";
    device: Said = "设备", "Device";
    time_logged_in: Said = "登录时段", "Time logged in";
    last_seen: Said = "最近活动", "Last seen";
    address: Said = "地址", "IP";
    end_one: Said = "强制下线", "Force log out";
    just_left: Said = "刚刚退出", "just left";
    shown_sessions: fn(Count, Count) -> String = |shown, all| format!("{shown} / {all} 个会话"), |shown, all| format!("{shown} of {}", s(all, "session"));
    picked: Said = "已选 {p} 人，{n} 个会话", "{p} people, {n} sessions selected";
    picked_one: Said = "已选 1 人，{n} 个会话", "1 person selected, sessions: {n}";
    picked_plain: Said = "对选中的会话：", "With the selected sessions:";
    selection: Said = "已选", "Selected";
    nobody_online: Said = "现在没有人在线。", "Nobody is online now.";
    try_login: Said = "登录一次试试", "Log in once to try";
    nothing_found: Said = "没有找到。", "Nothing found.";

    download: Said = "下载 CSV", "Download CSV";
    audit_line: Said = "做过的事都在这里，最新的在前。", "Everything that was done, newest first.";
    search_audit: Said = "用户、应用、地址、请求编号", "User, application, IP, request id";
    no_audit: Said = "没有符合条件的记录。", "No record matches.";
    kind: Said = "种类", "Kind";
    kind_all: Said = "全部", "Everything";
    kind_logins: Said = "登录", "Logins";
    kind_endings: Said = "退出与强制下线", "Log-outs";
    kind_admin: Said = "管理操作", "Administration";
    application: Said = "应用", "Application";
    by: Said = "操作者", "By";
    receipt: Said = "回执", "Receipt";
    request_id: Said = "请求编号", "Request id";
    filter: Said = "筛选", "Filter";
}
}
