//! `exeunt doctor`: is everything in order?

use serde_json::{Map, Value, json};

use super::args::Read;
use super::failure::Failure;
use super::{open, say};
use crate::flow::backup;
use crate::store::migrate::VERSION;

/// Checks the data directory; faults are exit code 1.
pub fn doctor(read: &Read) -> Result<(), Failure> {
    let config = open::settings(&read.place)?;
    let dir = &config.data_dir;
    // Opening judges what a server would judge at its start.
    let state = open::reading(&read.place)?;
    let found = backup::examine(dir)?;
    let mut faults = found.faults.clone();
    for (path, wanted) in backup::files(dir) {
        match backup::mode(&path) {
            Some(mode) if mode & !wanted != 0 => {
                faults.push(format!("{} has mode {mode:o}, not {wanted:o}", path.display()));
            }
            Some(_) => {}
            None => faults.push(format!("{} is missing", path.display())),
        }
    }
    drop(state);
    if read.json {
        let counts: Map<String, Value> = found.counts.iter().map(|(what, n)| ((*what).to_owned(), json!(n))).collect();
        say::json(&json!({ "dataDir": dir, "schema": found.schema, "counts": counts, "faults": faults }));
    } else {
        println!("data directory  {}", dir.display());
        println!("schema          {} (this binary writes {VERSION})", found.schema);
        for (what, number) in &found.counts {
            println!("{what:<25} {number:>8}");
        }
        for fault in &faults {
            println!("fault: {fault}");
        }
        if faults.is_empty() {
            println!("no faults found");
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Failure::new("")) }
}
