//! Words that many pages share.

use super::table::{Counted, Named, Said, air, people, s};

sentences! {
/// Words that many pages share.
Common {
    skip: Said = "跳到正文", "Skip to content";
    error_prefix: Said = "错误：", "Error: ";
    log_in: Said = "登录", "Log in";
    log_out: Said = "退出登录", "Log out";
    personal_center: Said = "个人中心", "Personal center";
    console: Said = "控制台", "Console";
    devices: Said = "登录设备", "Devices";
    menu_of: Named = |n| format!("{n}的菜单"), |n| format!("Menu of {n}");
    appearance: Said = "外观", "Appearance";
    system: Said = "随系统", "System";
    light: Said = "浅色", "Light";
    dark: Said = "深色", "Dark";
    language: Said = "语言", "Language";
    development: Said = "开发模式", "development mode";

    copy: Said = "复制", "Copy";
    copied: Said = "已复制", "Copied";
    select_copy: Said = "已选中，按 Ctrl+C", "Selected: press Ctrl+C";
    show: Said = "显示", "Show";
    hide: Said = "隐藏", "Hide";
    show_password: Said = "显示密码", "Show password";
    save: Said = "保存", "Save";
    cancel: Said = "取消", "Cancel";
    search: Said = "搜索", "Search";
    filter: Said = "筛选", "Show";
    none_of_kind: Said = "没有这样的记录。", "There is nothing of that kind.";
    clear_search: Said = "清除搜索", "Clear the search";
    next_page: Said = "下一页", "Next page";
    first_page: Said = "第一页", "First page";
    optional: Said = "选填", "optional";
    live: Said = "实时更新", "Live";
    not_live: Said = "已断开，正在重连", "Disconnected, reconnecting";
    refresh: Said = "刷新", "Refresh";
    list_comma: Said = "、", ", ";
    and_others: Counted = |n| format!("等 {n} 个"), |n| format!(" and {n} more");
    on: fn(&str, &str) -> String = |what, os| format!("{os}{}上的{}{what}", air(os), air(what)), |what, os| format!("{what} on {os}");
    program: fn(&str) -> &str = in_chinese, |name| name;
    unknown_device: Said = "未知设备", "Unknown device";
    nothing: Said = "没有", "none";
    state: Said = "状态", "State";
    actions: Said = "操作", "Actions";
    none_here: Said = "没有登录", "not logged in";

    now: Said = "现在", "now";
    now_at: Named = |t| format!("现在 {t}"), |t| format!("now, {t}");
    today: Said = "今天", "Today";
    today_at: Named = |t| format!("今天 {t}"), |t| format!("today {t}");
    yesterday_at: Named = |t| format!("昨天 {t}"), |t| format!("yesterday {t}");
    // One row each of: moments ago, minutes, hours, a day, days. The script reads them from the page.
    ago: [Said; 5] = ["刚刚", "{} 分钟前", "{} 小时前", "{} 天前", "{} 天前"], ["just now", "{} min ago", "{} h ago", "{} day ago", "{} days ago"];
    ago_short: [Said; 5] = ["刚刚", "{} 分钟前", "{} 小时前", "{} 天前", "{} 天前"], ["now", "{} min", "{} h", "{} d", "{} d"];

    people: Counted = |n| format!("{n} 人"), people;
    sessions: Counted = |n| format!("{n} 个会话"), |n| s(n, "session");

    // Stamps: one glyph, or four letters at most.
    stamp_in: Said = "在", "IN";
    stamp_idle: Said = "闲", "IDLE";
    stamp_out: Said = "离", "OUT";
    stamp_off: Said = "停", "OFF";
    stamp_ack: Said = "达", "ACK";
    stamp_wait: Said = "候", "WAIT";
    stamp_try: Said = "试", "TRY";
    stamp_lost: Said = "弃", "LOST";
    stamp_no: Said = "拒", "NO";
    stamp_error: Said = "误", "ERR";
    stamp_done: Said = "成", "DONE";
    stamp_fine: Said = "可", "OK";
    stamp_untold: Said = "无", "NONE";
    stamp_changed: Said = "改", "EDIT";
    meaning_in: Said = "在线", "online";
    meaning_idle: Said = "空闲", "idle";
    meaning_out: Said = "已退出", "logged out";
    meaning_ended: Said = "已被结束", "ended by somebody else";
    meaning_ends: Said = "将被结束", "will end";
    meaning_off: Said = "已停用", "disabled";
    meaning_ack: Said = "已确认", "confirmed";
    meaning_wait: Said = "等待应答", "waiting for an answer";
    meaning_try: Said = "重试中", "trying again";
    meaning_lost: Said = "已放弃", "given up";
    meaning_no: Said = "被拒绝", "refused";
    meaning_done: Said = "已完成", "done";
    meaning_fine: Said = "可以", "accepted";
    meaning_untold: Said = "没有通知", "not told";
    meaning_changed: Said = "有改动", "changed";
}
}

/// What a program is called in Chinese, where it has a name there.
fn in_chinese(program: &str) -> &str {
    match program {
        "WeChat" => "微信",
        "WeCom" => "企业微信",
        "DingTalk" => "钉钉",
        "Feishu" => "飞书",
        "Alipay" => "支付宝",
        "Huawei Browser" => "华为浏览器",
        "Mi Browser" => "小米浏览器",
        "vivo Browser" => "vivo 浏览器",
        "HeyTap Browser" => "HeyTap 浏览器",
        "QQ Browser" => "QQ 浏览器",
        "UC Browser" => "UC 浏览器",
        "Quark" => "夸克",
        other => other,
    }
}
