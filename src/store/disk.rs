//! How much room is left where the database lives.

use std::path::Path;

/// Octets that are free for us, and of how many; none where the system does not say.
pub fn room(dir: &Path) -> Option<(u64, u64)> {
    let stat = rustix::fs::statvfs(dir).ok()?;
    Some((stat.f_bavail.saturating_mul(stat.f_frsize), stat.f_blocks.saturating_mul(stat.f_frsize)))
}
