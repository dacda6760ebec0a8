//! Sentences of the ledger of sessions beyond its table: what can be asked of it.

use super::table::{Counted, Named, Said};

sentences! {
/// What can be asked of the ledger.
Ledger {
    kind: Said = "设备", "Device";
    any_kind: Said = "全部设备", "Any device";
    desk: Said = "电脑", "Computers";
    phone: Said = "手机和平板", "Phones and tablets";
    chat: Said = "聊天应用", "Chat applications";
    code: Said = "程序", "Programs";
    unknown: Said = "未知设备", "Unknown devices";
    idle: Said = "空闲时长", "Idle for";
    any_idle: Said = "任意空闲时长", "Idle or not";
    idle_over: Named = |span| format!("空闲超过 {span}"), |span| format!("Idle over {span}");
    order: Said = "排列", "Order";
    by_person: Said = "按人归组", "By person";
    by_session: Said = "逐个会话", "By session";
    none_fits: Said = "没有符合条件的会话。", "No session matches.";
    tired: Counted = |n| format!("已查看最近的 {n} 个会话。"), |n| format!("Looked at the latest {n} sessions.");
    look_on: Said = "继续往前查", "Look further back";
    logged_in: Named = |time| format!("{time}登录"), |time| format!("since {time}");
    to_bar: Said = "到操作栏", "To the selection bar";
    shown: Counted = |n| format!("显示 {n} 个"), |n| format!("{n} shown");
}
}
