//! Sentences of the personal center.

use super::table::{Counted, Named, Said, s};
use super::{Cause, Lang};

sentences! {
/// The personal center.
PersonalCenter {
    overview: Said = "概览", "Overview";
    profile: Said = "资料", "Profile";
    security: Said = "安全", "Security";
    applications: Said = "应用", "Applications";
    activity: Said = "访问记录", "Activity";

    good_morning: Named = |n| format!("早上好，{n}"), |n| format!("Good morning, {n}");
    good_afternoon: Named = |n| format!("下午好，{n}"), |n| format!("Good afternoon, {n}");
    good_evening: Named = |n| format!("晚上好，{n}"), |n| format!("Good evening, {n}");
    last_login: fn(&str, &str) -> String = |when, where_| format!("上次登录：{when}，{where_}。"), |when, where_| format!("Last login: {when}, {where_}.");
    first_login: Said = "这是你第一次登录。", "This is your first login.";
    not_you: Said = "不是你？", "Not you?";
    devices_unit: fn(super::super::count::Count) -> &'static str = |_| "台登录设备", |n| if n.is_one() { "device" } else { "devices" };
    applications_unit: fn(super::super::count::Count) -> &'static str = |_| "个应用登录中", |n| if n.is_one() { "application open" } else { "applications open" };
    oldest: Named = |t| format!("最早的一台登录于{t}"), |t| format!("the oldest logged in {t}");
    password_age: Said = "密码更换于", "Password changed";
    password_never: Said = "你还没有更换过密码", "You have not changed the password yet";
    change_it: Said = "更换密码", "Change it";
    recently: Said = "最近", "Recently";
    no_activity: Said = "还没有记录。", "Nothing yet.";

    hints: Said = "第一次来", "New here?";
    hint_devices: Said = "看看你在哪里登录着，不认识的就让它退出", "See where you are logged in, and log out what you do not know";
    hint_applications: Said = "打开你的应用，或者从其中一个退出", "Open your applications, or log out of one of them";
    hint_password: Said = "密码若是别人给你的，换成只有你知道的", "If somebody gave you your password, make it one that only you know";

    devices_line: Counted = |n| format!("你在 {n} 台设备上登录着。线的左端是登录，右端是最近一次活动。"), |n| format!("You are logged in on {}. A line begins at login and ends at the last activity.", s(n, "device"));
    this_device: Said = "当前设备", "This device";
    in_use: Said = "正在使用", "In use";
    local_network: Said = "局域网", "local network";
    other_devices: Said = "其他设备", "Other devices";
    no_other_devices: Said = "没有其他设备。", "There are no other devices.";
    log_out_others: Counted = |n| format!("退出其他 {n} 台设备"), |n| if n.is_one() { "Log out the other one".to_owned() } else { format!("Log out the other {n}") };
    log_out_short: Said = "退出", "Log out";
    time_logged_in: fn(&str, &str) -> String = |from, to| format!("{from} 登录，最近活动 {to}"), |from, to| format!("logged in {from}, last active {to}");
    since: Named = |t| format!("{t} 登录"), |t| format!("logged in {t}");
    unknown_device_question: Said = "有不认识的设备？", "Something you do not recognise?";
    unknown_device_answer: Said = "退出它并更换密码", "Log it out and change your password";
    not_you_note: Said = "按「不是你？」，它会退出登录，接着请你更换密码。", "“Not you?” logs that device out and takes you to change your password.";
    stranger_out: Said = "那台设备已退出登录。现在更换密码，知道旧密码的人就进不来了。", "That device is logged out. Now change the password, so that nobody who knows the old one comes back.";
    ended: Counted = |n| format!("最近 30 天结束的登录（{n}）"), |n| format!("Ended in the last 30 days ({n})");
    ended_when: fn(&str, &str, &str) -> String = |why, from, to| format!("{why}，{from} 至 {to}"), |why, from, to| format!("{why}, {from} to {to}");
    device_ended: Said = "那台设备已退出登录", "That device is logged out";
    devices_ended: Said = "其他设备都已退出登录", "The other devices are logged out";

    applications_line: Said = "你登录过的应用。从一个应用退出，会结束它在你所有设备上的登录，再进入时要输入密码。", "Applications you have logged in to. Leaving one ends it on all your devices; to enter it again you type your password.";
    no_applications: Said = "还没有登录过任何应用。", "You have not logged in to any application yet.";
    open_application: Said = "打开", "Open";
    leave_application: Said = "退出此应用", "Log out of it";
    left_application: Named = |n| format!("已退出{n}"), |n| format!("You are logged out of {n}");
    in_on: Counted = |n| format!("在 {n} 台设备上登录着"), |n| format!("open on {}", s(n, "device"));
    last_entered: Named = |t| format!("上次进入：{t}"), |t| format!("last entered {t}");

    activity_line: Said = "最近 90 天里以你的名义发生的事。", "What was done in your name in the last 90 days.";
    activity_kind: Said = "种类", "Kind";
    activity_all: Said = "全部", "Everything";
    activity_logins: Said = "登录", "Log-ins";
    activity_refused: Said = "未成功的登录", "Refused log-ins";
    activity_endings: Said = "退出", "Log-outs";
    activity_download: Said = "下载 CSV", "Download CSV";
    activity_unknown: Said = "看到不是你做的事？", "Something you did not do?";

    profile_line: Said = "登录时可以用用户名、邮箱或手机号。", "You can log in with your user name, email or phone.";
    name: Said = "姓名", "Name";
    username: Said = "用户名", "User name";
    email: Said = "邮箱", "Email";
    phone: Said = "手机号", "Phone";
    pages_heading: Said = "页面", "Pages";
    pages_language: Said = "语言", "Language";
    pages_zone: Said = "时区", "Time zone";
    pages_zone_hint: Said = "例如 Asia/Shanghai。空着就用浏览器的时区。", "Such as Asia/Shanghai. Left empty, the zone of the browser is used.";
    as_browser: Said = "随浏览器", "As the browser";
    user_id: Said = "用户编号", "User id";

    password_heading: Said = "更换密码", "Change password";
    password_line: Said = "新密码至少 8 个字符，长比花样多更要紧。", "At least 8 characters; longer beats more complicated.";
    current_password: Said = "原密码", "Current password";
    new_password: Said = "新密码", "New password";
    again_password: Said = "再输一次新密码", "Repeat new password";
    end_others: Said = "同时退出我的其他设备", "Log out my other devices too";
    end_others_note: Said = "别人若知道旧密码，也就一并离开了。", "Anybody who knew the old password leaves with them.";
    password_changed: Said = "密码已更换", "The password is changed";
    password_not_changed: Said = "密码没有更换", "The password was not changed";
}
}

impl PersonalCenter {
    /// Why a session of one's own ended, in a few words.
    pub fn why_ended(lang: Lang, cause: Cause) -> &'static str {
        let (zh, en) = match cause {
            Cause::PersonalCenter | Cause::FrontEnd | Cause::EndSession => ("你自己退出", "Logged out by you"),
            Cause::Kicked | Cause::Console => ("管理员结束", "Ended by an administrator"),
            Cause::PasswordChanged => ("更换密码时结束", "Ended when the password changed"),
            Cause::Disabled => ("账号停用时结束", "Ended when the account was disabled"),
            Cause::Deleted => ("账号删除时结束", "Ended when the account was deleted"),
            Cause::ApplicationDeleted => ("应用删除时结束", "Ended when the application was deleted"),
            Cause::Expired => ("到期", "Expired"),
            Cause::Replaced => ("被新的登录取代", "Replaced by a newer login"),
        };
        match lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}
