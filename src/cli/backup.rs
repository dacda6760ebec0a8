//! `exeunt backup` and `exeunt restore`.

use super::args::{BackupCommand, RestoreCommand};
use super::failure::Failure;
use super::open;
use crate::domain::clock::{Clock as _, SystemClock};
use crate::flow::backup;

/// Writes a checked copy.
pub fn backup(command: &BackupCommand) -> Result<(), Failure> {
    let dir = open::settings(&command.place)?.data_dir;
    let file = &command.file;
    if backup::is_own(&dir, file) {
        return Err(Failure::usage(format!("{} is the database itself", file.display())));
    }
    if file.exists() && !command.force {
        return Err(Failure::new(format!("{} exists already; --force replaces it", file.display())));
    }
    backup::make(&dir, file, SystemClock.now())?;
    println!("{}\n{}", file.display(), backup::key_of(file).display());
    Ok(())
}

/// Puts a copy back and ends the sessions it remembers.
pub fn restore(command: &RestoreCommand) -> Result<(), Failure> {
    let config = open::settings(&command.place)?;
    if backup::is_own(&config.data_dir, &command.file) {
        return Err(Failure::usage(format!("{} is the database itself", command.file.display())));
    }
    let kept = backup::restore(&config.data_dir, &command.file, SystemClock.now())?;
    let ended = backup::end_everybody(&open::house_of(config)?)?;
    println!("restored; living sessions in it that were ended: {ended}");
    if let Some(kept) = kept {
        println!("the database before is kept as {}", kept.display());
    }
    Ok(())
}
