//! Sentences of the audit log: what can be asked of it, and what an event changed.

use super::Lang;
use super::table::{Named, Said};

sentences! {
/// The audit log.
Log {
    of_users: Said = "用户行为日志", "User actions";
    of_administrators: Said = "管理员操作日志", "Administrator actions";
    of_users_line: Said = "登录、退出和被强制下线，最新的在前。", "Logins, log-outs and forced log-outs, newest first.";
    of_administrators_line: Said = "管理员和程序做过的事，最新的在前。", "What administrators and programs did, newest first.";
    who: Said = "姓名、用户名、邮箱或用户编号", "Name, user name, email or user id";
    any_event: Said = "全部事件", "Any event";
    any_result: Said = "成功与失败", "Any result";
    done: Said = "只看成功", "Succeeded";
    not_done: Said = "只看失败", "Failed";
    any_application: Said = "全部应用", "Any application";
    address: Said = "客户端地址", "Client IP";
    request: Said = "请求编号或回执编号", "Request or receipt id";
    from: Said = "从", "From";
    to: Said = "到", "To";
    more: Said = "更多条件", "More filters";
    unreadable: Said = "这些条件读不出来", "These filters cannot be read";
    none: Said = "该条件下没有记录。", "No record matches.";
    clear: Said = "清除条件", "Clear the filters";
    looked_back: Named = |at| format!("已经查到 {at}。"), |at| format!("Looked back to {at}.");
    look_on: Said = "继续往前查", "Look further back";
    csv: Said = "下载 CSV", "CSV";
    ndjson: Said = "下载 NDJSON", "NDJSON";
    detail: Said = "详情", "Details";
    details_of: Named = |what| format!("详情：{what}"), |what| format!("Details: {what}");
    before: Said = "原来是", "was";
    after: Said = "改成了", "is now";
    empty: Said = "空", "empty";
    device: Said = "设备", "Device";
    number: Said = "编号", "Number";
    json: Said = "原始数据", "As JSON";
}
}

/// The word for a field that an act changed; one that people do not see has none.
pub fn field(lang: Lang, name: &str) -> Option<&'static str> {
    let (zh, en) = match name {
        "name" => ("名称", "Name"),
        "username" => ("用户名", "User name"),
        "email" => ("邮箱", "Email"),
        "phone" => ("手机号", "Phone"),
        "role" => ("角色", "Role"),
        "status" => ("状态", "Status"),
        "password" => ("密码", "Password"),
        "identifier" => ("标识", "Identifier"),
        "redirect_uris" => ("登录回调 URL", "Login callback URLs"),
        "logout_redirect_uris" => ("登出回调 URL", "Logout callback URLs"),
        "backchannel_logout_uri" => ("后端登出通知地址", "Back-channel logout address"),
        "frontchannel_logout_uri" => ("前端登出通知地址", "Front-channel logout address"),
        "other_device" => ("结束的设备", "Ended device"),
        "other_devices" => ("结束的设备数", "Ended devices"),
        "reason" => ("原因", "Reason"),
        "left_before" => ("此前已退出", "Left before"),
        _ => return None,
    };
    Some(match lang {
        Lang::Zh => zh,
        Lang::En => en,
    })
}
