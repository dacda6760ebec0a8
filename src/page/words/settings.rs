//! Sentences of the settings of a pool, and of what powers an administrator has.

use super::table::Said;

sentences! {
/// Settings of a pool, powers of administrators.
Settings {
    only_reading: Said = "你是只读管理员：这里的一切都看得到，什么也改不了。", "You are a read-only administrator: you see everything here and change nothing.";
}
}
