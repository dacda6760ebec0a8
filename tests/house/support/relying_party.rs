//! An application that hears of log-outs: a listener on loopback whose answers are settled beforehand, and that remembers
//! every request word by word.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::wire::PATIENCE;

/// What it does with a request.
#[derive(Debug, Clone)]
pub enum Says {
    /// Answers with this status and nothing else.
    Status(u16),
    /// Answers with this status and header.
    With(u16, &'static str, String),
    /// Takes the request and says nothing until the other side goes.
    Nothing,
    /// Answers 200 and a body without end.
    Flood,
    /// Closes the connection in the middle of the answer.
    BreaksOff,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Heard {
    pub head: String,
    pub body: String,
    pub when: Instant,
}

impl Heard {
    /// The value of a header; panics when there are several.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.head.lines().skip(1).filter_map(|line| {
            let (n, value) = line.split_once(':')?;
            n.eq_ignore_ascii_case(name).then(|| value.trim())
        });
        let first = values.next();
        assert!(values.next().is_none(), "{name} came twice");
        first
    }

    /// The logout token; the body must hold nothing else.
    #[track_caller]
    pub fn token(&self) -> &str {
        let token = self.body.strip_prefix("logout_token=").unwrap_or_else(|| panic!("{:?}", self.body));
        assert!(!token.contains(['&', '=', '%']), "more than a token: {token}");
        token
    }

    /// Header and claims of the token, whoever signed it.
    #[track_caller]
    pub fn parts(&self) -> (Value, Value) {
        let mut parts = self.token().split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
        let mut next = || serde_json::from_slice(&parts.next().unwrap()).unwrap();
        (next(), next())
    }

    /// Whose session it is about.
    #[track_caller]
    pub fn about(&self) -> (String, String) {
        let claims = self.parts().1;
        (claims["sub"].as_str().unwrap().to_owned(), claims["sid"].as_str().unwrap().to_owned())
    }
}

#[derive(Default)]
struct Desk {
    script: Mutex<Vec<Says>>,
    heard: Mutex<Vec<Heard>>,
    news: Condvar,
    closed: AtomicBool,
}

/// See the head of this file.
pub struct RelyingParty {
    desk: Arc<Desk>,
    port: u16,
}

impl RelyingParty {
    /// One that answers 200 to everything.
    pub fn open() -> Self {
        Self::that(&[Says::Status(200)])
    }

    /// One that answers by a script, whose last line it repeats.
    pub fn that(script: &[Says]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        Self::on(listener, script)
    }

    /// One that begins to listen at an address where nobody did.
    pub fn that_opens_at(port: u16) -> Self {
        Self::on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("that port"), &[Says::Status(200)])
    }

    fn on(listener: TcpListener, script: &[Says]) -> Self {
        let port = listener.local_addr().unwrap().port();
        let desk = Arc::new(Desk { script: Mutex::new(script.to_vec()), ..Desk::default() });
        let here = desk.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if here.closed.load(Ordering::SeqCst) {
                    return;
                }
                let here = here.clone();
                std::thread::spawn(move || stream.map(|stream| serve(&here, stream)));
            }
        });
        Self { desk, port }
    }

    /// An address at which nobody listens.
    pub fn nowhere() -> u16 {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
    }

    /// Where it wants to be told.
    pub fn uri(&self) -> String {
        format!("http://127.0.0.1:{}/backchannel?from=house", self.port)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Answers otherwise from now on.
    pub fn says_from_now_on(&self, says: Says) {
        *self.desk.script.lock().unwrap() = vec![says];
    }

    /// Everything it heard so far.
    pub fn heard(&self) -> Vec<Heard> {
        self.desk.heard.lock().unwrap().clone()
    }

    /// Waits until it has heard `count` requests, and answers all of them.
    #[track_caller]
    pub fn hears(&self, count: usize) -> Vec<Heard> {
        let heard = self.desk.heard.lock().unwrap();
        let enough = |heard: &mut Vec<Heard>| heard.len() < count;
        let (heard, timeout) = self.desk.news.wait_timeout_while(heard, PATIENCE, enough).unwrap();
        assert!(!timeout.timed_out(), "heard {} of {count}", heard.len());
        heard.clone()
    }
}

impl Drop for RelyingParty {
    fn drop(&mut self) {
        self.desk.closed.store(true, Ordering::SeqCst);
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
    }
}

fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        head.push_str(&line);
    }
    let length = head.lines().find_map(|l| l.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8_lossy(&body).into_owned()))
}

fn serve(desk: &Desk, stream: TcpStream) {
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut reader = BufReader::new(stream);
    while let Some((head, body)) = request(&mut reader) {
        let says = {
            let mut script = desk.script.lock().unwrap();
            if script.len() > 1 { script.remove(0) } else { script[0].clone() }
        };
        desk.heard.lock().unwrap().push(Heard { head, body, when: Instant::now() });
        desk.news.notify_all();
        let out = reader.get_mut();
        let done = match says {
            Says::Status(status) => write!(out, "HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n"),
            Says::With(status, name, value) => {
                write!(out, "HTTP/1.1 {status} X\r\n{name}: {value}\r\nContent-Length: 0\r\n\r\n")
            }
            Says::Nothing => {
                let _ = reader.read(&mut [0]); // until the other side goes
                return;
            }
            Says::Flood => {
                let mut sent = write!(out, "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n");
                while sent.is_ok() && !desk.closed.load(Ordering::SeqCst) {
                    sent = out.write_all(&[b'x'; 65_536]);
                }
                return;
            }
            Says::BreaksOff => {
                let _ = write!(out, "HTTP/1.1 2");
                return;
            }
        };
        if done.is_err() {
            return;
        }
    }
}
