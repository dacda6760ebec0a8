//! Sentences of the pages for developers.

use super::table::Said;

sentences! {
/// What Authing's SDKs may expect.
Docs {
    title: Said = "Authing SDK 兼容性", "Authing's SDKs";
    line: Said = "只需把 SDK 的 host 指向本服务。", "Point the SDK's host at this server.";
    answered: Said = "支持的接口", "What is answered";
    missing: Said = "不支持的功能及原因", "What is not here, and why";
}
}
