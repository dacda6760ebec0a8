//! The command line, for whoever runs the binary (the operator).
//!
//! Exit codes: 0 done, 1 failure, 2 wrong usage, 3 settings or seed refused, 4 the database is newer than this binary,
//! 5 another process holds the data directory. Secrets come from standard input or a file, never from an argument, which
//! the shell's history and the list of processes would keep. What is asked for goes to standard output, everything else
//! to standard error.

mod application;
mod args;
mod backup;
mod config;
mod demo;
mod doctor;
mod failure;
mod key;
mod keys;
mod kick;
mod logging;
mod open;
mod pool;
mod redirect;
mod running;
mod say;
mod seed;
mod serve;
mod setup;
mod user;

use std::process::ExitCode;

use args::{Args, Command};
use clap::Parser as _;
use failure::Failure;

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let args = Args::parse();
    match obey(args.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.says.is_empty() {
                eprintln!("exeunt: {}", failure.says);
            }
            ExitCode::from(failure.code)
        }
    }
}

fn obey(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(flags) => serve::serve(&flags),
        Command::Demo(flags) => demo::demo(&flags),
        Command::Kick(command) => kick::kick(&command),
        Command::User(command) => user::user(&command),
        Command::App(command) => application::application(&command),
        Command::Key(command) => key::key(&command),
        Command::Keys(command) => keys::keys(&command),
        Command::Pool(command) => pool::pool(&command),
        Command::CheckRedirect(command) => redirect::check(&command),
        Command::Backup(command) => backup::backup(&command),
        Command::Restore(command) => backup::restore(&command),
        Command::Doctor(command) => doctor::doctor(&command),
        Command::SetupLink(place) => setup::link(&place),
        Command::Config(command) => config::config(&command),
        Command::Seed(command) => seed::seed(&command),
        Command::Version => {
            println!("exeunt {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
    }
}
