//! The assembly: a house, its workers, and the line that says it is ready.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server as ActixServer, ServerHandle};
use actix_web::web::Data;
use actix_web::{App, HttpServer, middleware};

use crate::config::Config;
use crate::demo::wire::{self as applications, Demo};
use crate::flow::state::State;
use crate::flow::{feed, keys, operator, password_key, telling, upkeep};
use crate::web;

/// A server that is bound and will answer.
pub struct Server {
    /// Addresses it listens on.
    pub addresses: Vec<SocketAddr>,
    server: ActixServer,
    state: Arc<State>,
    demo: Option<Demo>,
}

/// How to end a server that runs.
pub struct Stop {
    handle: ServerHandle,
    state: Arc<State>,
    demo: Option<Demo>,
}

impl Stop {
    /// No new connections, open streams are closed, requests in progress are finished within the grace.
    pub async fn orderly(&self) {
        self.state.close();
        if let Some(demo) = &self.demo {
            demo.close();
        }
        self.handle.stop(true).await;
    }

    /// Before the process ends at once: says that nobody serves here any more.
    pub fn retract(&self) {
        operator::retract(&self.state);
    }
}

/// Sockets on every configured address.
pub fn sockets(config: &Config) -> io::Result<Vec<TcpListener>> {
    config.listen.iter().map(TcpListener::bind).collect()
}

impl Server {
    /// Binds every configured address and starts the upkeep and the sender of log-out messages.
    pub fn bind(state: &Arc<State>) -> io::Result<Self> {
        Self::on(sockets(&state.config)?, state, None)
    }

    /// The same on sockets that were bound before, with the two applications of the demo beside the house.
    pub fn on(sockets: Vec<TcpListener>, state: &Arc<State>, demo: Option<Demo>) -> io::Result<Self> {
        let addresses = sockets.iter().map(TcpListener::local_addr).collect::<io::Result<Vec<_>>>()?;
        keys::prepare(state).map_err(io::Error::other)?;
        password_key::prepare(state).map_err(io::Error::other)?;
        upkeep::start(state)?;
        feed::start(state).map_err(io::Error::other)?;
        telling::start(state)?;
        let (shared, beside) = (Data::from(state.clone()), demo.clone());
        let mut server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .wrap(middleware::from_fn(web::edge::edge))
                .configure(web::sheet)
                .configure(|sheet| beside.iter().for_each(|demo| applications::sheet(sheet, demo)))
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
        Ok(Self { addresses, server: server.run(), state: state.clone(), demo })
    }

    /// A handle to stop it.
    pub fn handle(&self) -> ServerHandle {
        self.server.handle()
    }

    /// How to end it in an orderly way.
    pub fn stop(&self) -> Stop {
        Stop { handle: self.handle(), state: self.state.clone(), demo: self.demo.clone() }
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
