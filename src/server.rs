//! The assembly: a house, its workers, and the line that says it is ready.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server as ActixServer, ServerHandle};
use actix_web::web::Data;
use actix_web::{App, HttpServer, middleware};

use crate::flow::state::State;
use crate::flow::{keys, operator, password_key, upkeep};
use crate::web;

/// A server that is bound and will answer.
pub struct Server {
    /// Addresses it listens on.
    pub addresses: Vec<SocketAddr>,
    server: ActixServer,
    state: Arc<State>,
}

impl Server {
    /// Binds every configured address and starts the upkeep.
    pub fn bind(state: &Arc<State>) -> io::Result<Self> {
        let sockets = state.config.listen.iter().map(TcpListener::bind).collect::<io::Result<Vec<_>>>()?;
        let addresses = sockets.iter().map(TcpListener::local_addr).collect::<io::Result<Vec<_>>>()?;
        keys::prepare(state).map_err(io::Error::other)?;
        password_key::prepare(state).map_err(io::Error::other)?;
        upkeep::start(state)?;
        let shared = Data::from(state.clone());
        let mut server = HttpServer::new(move || {
            App::new().app_data(shared.clone()).wrap(middleware::from_fn(web::edge::edge)).configure(web::sheet)
        })
        .workers(state.config.workers)
        .max_connections(25_000)
        .backlog(1_024)
        .client_request_timeout(Duration::from_secs(10))
        .client_disconnect_timeout(Duration::from_secs(2))
        .keep_alive(Duration::from_mins(1))
        .disable_signals()
        .shutdown_timeout(8);
        for socket in sockets {
            server = server.listen(socket)?;
        }
        if let Some(first) = addresses.first() {
            operator::announce(state, *first, state.since)?;
        }
        Ok(Self { addresses, server: server.run(), state: state.clone() })
    }

    /// A handle to stop it.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// The origin that people on this machine open.
    pub fn origin(&self) -> String {
        match (&self.state.config.public_url, self.addresses.first()) {
            (Some(url), _) => url.origin().ascii_serialization(),
            (None, Some(address)) => format!("http://{address}"),
            (None, None) => String::new(),
        }
    }

    /// Answers requests until it is told to stop; then open streams are closed and what waits is written.
    pub async fn run(self) -> io::Result<()> {
        let outcome = self.server.await;
        operator::retract(&self.state);
        outcome
    }
}
