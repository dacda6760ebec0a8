//! How the house is: for probes and for numbers.

use std::fmt::Write as _;
use std::sync::Arc;

use super::error::Done;
use super::state::State;
use crate::crypto::seal;
use crate::store::numbers;

/// Whether something can be written now.
pub async fn writes(state: &Arc<State>) -> Done<()> {
    state.write(|act, _| Ok(act.next_seq().map(|_| ())?)).await
}

/// Compares two texts in constant time.
pub fn same_text(a: &str, b: &str) -> bool {
    seal::same(&seal::hash(a), &seal::hash(b))
}

/// Prometheus text. Counts that would have to read the whole table are read from it here only, on request.
pub fn metrics(state: &State) -> Done<String> {
    let (sessions, endings) = state.store.read(|conn| {
        Ok::<_, super::error::FlowError>((numbers::living_sessions(conn)?, numbers::endings_by_cause(conn)?))
    })?;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "# TYPE exeunt_build_info gauge\nexeunt_build_info{{version=\"{}\"}} 1",
        env!("CARGO_PKG_VERSION")
    );
    let _ = writeln!(text, "# TYPE exeunt_sessions_active gauge\nexeunt_sessions_active {sessions}");
    let _ = writeln!(text, "# TYPE exeunt_streams_open gauge\nexeunt_streams_open {}", state.hub.count());
    let _ = writeln!(text, "# TYPE exeunt_feeds_open gauge\nexeunt_feeds_open {}", state.feeds.count());
    let _ = writeln!(text, "# TYPE exeunt_endings_total counter");
    for (cause, count) in endings {
        let _ = writeln!(text, "exeunt_endings_total{{cause=\"{}\"}} {count}", cause.as_str());
    }
    Ok(text)
}
