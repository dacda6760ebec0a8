//! The command line.

use std::process::ExitCode;
use std::sync::Arc;

use crate::config::{Config, Flags};
use crate::domain::clock::SystemClock;
use crate::flow::state::State;
use crate::server::Server;

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let args: Vec<String> = std::env::args().collect();
    let flags = Flags { port: Some(9010), data_dir: args.get(1).map(Into::into), dev: Some(true), ..Flags::default() };
    let loaded = match Config::load(&flags, std::iter::empty(), &|p| std::fs::read_to_string(p)) {
        Ok(loaded) => loaded,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(3);
        }
    };
    let state = match State::open(loaded.config, Arc::new(SystemClock)) {
        Ok(state) => state,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = actix_web::rt::System::new().block_on(async move {
        let server = Server::bind(&state)?;
        println!("exeunt ready {}", server.origin());
        server.run().await
    });
    if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
