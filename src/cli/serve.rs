//! `exeunt serve`: from the settings to the line that says ready, and to an orderly end.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::args::ServeFlags;
use super::failure::Failure;
use super::{logging, open, seed as seeding};
use crate::config::{Config, Seed};
use crate::domain::clock::SystemClock;
use crate::flow::state::State;
use crate::flow::{seed, setup};
use crate::server::{self, Server, Stop};

/// What ends a server. A closed terminal does not, or `nohup` would be of no use.
const ENDS: [SignalKind; 2] = [SignalKind::terminate(), SignalKind::interrupt()];

/// Longest that requests in progress may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(9);

/// Serves until told to stop.
pub fn serve(flags: &ServeFlags) -> Result<(), Failure> {
    let loaded = open::load(&flags.flags())?;
    logging::start(&loaded.config)?;
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
    let seed = loaded.config.seed.as_deref().map(open::seed_file).transpose()?;
    let state = house(loaded.config, seed)?;
    let sockets = sockets(&state.config)?;
    run(|| Server::on(sockets, &state, None), |server| greet(&state, server), &ENDS, || ())
}

/// Opens the house, with what the seed and the settings put into it.
pub fn house(config: Config, seed: Option<Seed>) -> Result<Arc<State>, Failure> {
    let state = State::open(config, Arc::new(SystemClock))?;
    if let Some(seed) = seed {
        let seeded = seed::apply(&state, seed)?;
        tracing::info!("{}", seeding::told(&seeded));
        for (what, secret) in &seeded.secrets {
            // Not a log line: logs are kept and sent on, and this is a secret.
            eprintln!("secret of {what}, shown once: {}", secret.reveal());
        }
    }
    setup::make_pool(&state)?;
    if let Some(admin) = &state.config.first_admin
        && setup::first_admin(&state, admin)?
    {
        tracing::info!("the first administrator was created");
    }
    Ok(state)
}

/// Sockets on every configured address.
pub fn sockets(config: &Config) -> Result<Vec<TcpListener>, Failure> {
    server::sockets(config).map_err(|error| {
        let listen: Vec<String> = config.listen.iter().map(SocketAddr::to_string).collect();
        Failure::new(format!("cannot listen on {}: {error}", listen.join(", ")))
    })
}

/// Answers requests until a signal of `ends`; `hurry` is done even when a second one ends the process at once.
pub fn run(
    start: impl FnOnce() -> std::io::Result<Server>,
    greet: impl FnOnce(&Server),
    ends: &[SignalKind],
    hurry: impl FnOnce() + 'static,
) -> Result<(), Failure> {
    actix_web::rt::System::new().block_on(async move {
        let server = start()?;
        let signals = told_to_end(ends)?;
        greet(&server);
        // The one line on standard output; whoever waits for it may go on.
        let mut out = std::io::stdout();
        let told = writeln!(out, "exeunt ready {}", origin(&server)).and_then(|()| out.flush());
        if let Err(error) = told {
            tracing::debug!(%error, "nobody reads standard output");
        }
        actix_web::rt::spawn(end_orderly(server.stop(), signals, hurry));
        Ok(server.run().await?)
    })
}

/// Where this server is reached on this machine.
pub fn origin(server: &Server) -> String {
    let local = |address: &SocketAddr| match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
        IpAddr::V6(ip) if ip.is_unspecified() => SocketAddr::from((Ipv4Addr::LOCALHOST, address.port())),
        IpAddr::V4(_) | IpAddr::V6(_) => *address,
    };
    server.addresses.first().map(|address| format!("http://{}", local(address))).unwrap_or_default()
}

/// The base address for people: the public one, else localhost, under which `{application}.localhost` works too.
pub fn people_origin(config: &Config, port: u16) -> String {
    config
        .public_url
        .as_ref()
        .map_or_else(|| format!("http://localhost:{port}"), |url| url.origin().ascii_serialization())
}

fn greet(state: &State, server: &Server) {
    let port = server.addresses.first().map_or(0, SocketAddr::port);
    let base = people_origin(&state.config, port);
    eprintln!("exeunt {} · {base}/u · {base}/console", env!("CARGO_PKG_VERSION"));
    if setup::is_needed(state).is_ok_and(|needed| needed) {
        let until = state.now().plus_ms(i64::from(state.config.setup_link_seconds) * 1_000);
        let token = setup::token(&state.key, until);
        eprintln!("nobody can log in yet; set it up here: {base}/setup?token={token}");
        eprintln!(
            "(works once, for {} minutes; `exeunt setup-link` prints a new one)",
            state.config.setup_link_seconds / 60
        );
    }
}

/// Hears of every signal that ends the process.
fn told_to_end(kinds: &[SignalKind]) -> std::io::Result<UnboundedReceiver<()>> {
    let (tell, hear) = unbounded_channel();
    for kind in kinds {
        let (mut heard, tell) = (signal(*kind)?, tell.clone());
        actix_web::rt::spawn(async move {
            while heard.recv().await.is_some() {
                let _ = tell.send(()); // nobody listens any more: it is ending
            }
        });
    }
    Ok(hear)
}

/// First signal: no new connections, live streams close, requests in progress are finished within the grace. A second
/// signal, or the end of the grace, ends the process at once; what was answered is on disk in any case.
async fn end_orderly(stop: Stop, mut signals: UnboundedReceiver<()>, hurry: impl FnOnce()) {
    if signals.recv().await.is_none() {
        return;
    }
    tracing::info!("stopping");
    tokio::select! {
        () = stop.orderly() => return,
        _ = signals.recv() => {},
        () = tokio::time::sleep(GRACE) => {},
    }
    tracing::warn!("stopping at once");
    stop.retract();
    hurry();
    std::process::exit(1);
}
