//! One message to one address, and never to an address that only this machine can reach (security.md B7).
//!
//! 1. Only http and https; a host that is an IP address is judged as such.
//! 2. A name is resolved here, every address it has is judged, and the connection goes to a judged one: a name that means
//!    something else a moment later (rebinding) gains nothing.
//! 3. No redirect is followed and no proxy of the environment asked, so nobody else chooses where the message goes.
//! 4. One deadline for all of it. The body of the answer is not read.

use std::error::Error;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, ClientBuilder, redirect, retry};
use tokio::sync::OnceCell;
use url::Url;

use crate::domain::clock::Timestamp;
use crate::domain::delivery::{Attempt, Trouble, retry_after_ms};
use crate::domain::reach::{self, Reach};

/// For the way there and the answer together.
const PATIENCE: Duration = Duration::from_secs(5);
/// A connection that is not used is closed after this long.
const IDLE: Duration = Duration::from_secs(20);

/// Sends messages.
pub struct Post {
    leave: Leave,
    /// Made when it is needed: reading the machine's certificates takes a while, and a start must not.
    client: OnceCell<Option<Client>>,
}

impl Post {
    /// A sender; private networks only by the operator's leave.
    pub fn new(to_private: bool) -> Self {
        Self { leave: Leave { to_private }, client: OnceCell::new() }
    }

    /// Gets ready, so that the first message does not wait for that.
    pub async fn warm(&self) {
        self.client.get_or_init(|| async { client(self.leave) }).await;
    }

    /// Posts a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.5).
    pub async fn send(&self, to: &str, token: &str, now: Timestamp) -> Attempt {
        let Some(url) = Url::parse(to).ok().filter(|url| matches!(url.scheme(), "http" | "https")) else {
            return Attempt::failed(Trouble::Other);
        };
        if reach::of_url(&url).is_some_and(|reach| !self.leave.covers(reach)) {
            return Attempt::failed(Trouble::ForbiddenAddress);
        }
        let Some(client) = self.client.get_or_init(|| async { client(self.leave) }).await else {
            return Attempt::failed(Trouble::NoConnection);
        };
        // A token has only characters that a form takes as they are.
        let asked = client
            .post(url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(format!("logout_token={token}"));
        match asked.send().await {
            Ok(answer) => {
                let after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
                Attempt::answered(answer.status().as_u16(), after.and_then(|value| retry_after_ms(value, now)))
            }
            Err(error) => Attempt::failed(trouble(&error)),
        }
    }
}

fn client(leave: Leave) -> Option<Client> {
    let built = configured(leave).build().or_else(|error| {
        tracing::warn!(%error, "no certificates of this machine: log-out messages go out by plain http only");
        configured(leave).tls_certs_only([]).build()
    });
    built.map_err(|error| tracing::error!(%error, "no log-out message can be sent")).ok()
}

fn configured(leave: Leave) -> ClientBuilder {
    Client::builder()
        .user_agent("exeunt")
        .timeout(PATIENCE)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(4)
        .dns_resolver(Arc::new(leave))
}

/// What may be called.
#[derive(Debug, Clone, Copy)]
struct Leave {
    to_private: bool,
}

impl Leave {
    fn covers(self, reach: Reach) -> bool {
        match reach {
            Reach::Public => true,
            Reach::Private => self.to_private,
            Reach::Never => false,
        }
    }
}

impl Resolve for Leave {
    fn resolve(&self, name: Name) -> Resolving {
        let leave = *self;
        Box::pin(async move {
            let all = addresses(name.as_str()).await?;
            let judged: Vec<SocketAddr> = all.into_iter().filter(|at| leave.covers(Reach::of(at.ip()))).collect();
            if judged.is_empty() { Err(Forbidden.into()) } else { Ok(Box::new(judged.into_iter()) as Addrs) }
        })
    }
}

async fn addresses(name: &str) -> Result<Vec<SocketAddr>, UnknownHost> {
    let bare = name.trim_end_matches('.');
    // RFC 6761 section 6.3: names below localhost are this machine, whatever a resolver says of them.
    if bare == "localhost" || bare.ends_with(".localhost") {
        return Ok(vec![(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()]);
    }
    let found: Vec<SocketAddr> = tokio::net::lookup_host((name, 0)).await.map_err(|_| UnknownHost)?.collect();
    if found.is_empty() { Err(UnknownHost) } else { Ok(found) }
}

/// Every address of a name is one that may not be called.
#[derive(Debug)]
struct Forbidden;

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this address may not be called")
    }
}

impl Error for Forbidden {}

/// A name has no address.
#[derive(Debug)]
struct UnknownHost;

impl fmt::Display for UnknownHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host is unknown")
    }
}

impl Error for UnknownHost {}

fn trouble(error: &reqwest::Error) -> Trouble {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(cause) = next {
        if cause.is::<Forbidden>() {
            return Trouble::ForbiddenAddress;
        }
        if cause.is::<UnknownHost>() {
            return Trouble::NoSuchHost;
        }
        // The library for certificates is two crates away; its words are all that reaches us.
        if cause.to_string().contains("certificate") {
            return Trouble::Certificate;
        }
        next = cause.source();
    }
    if error.is_timeout() {
        Trouble::TimedOut
    } else if error.is_connect() || error.is_request() {
        Trouble::NoConnection
    } else {
        Trouble::Other
    }
}
