//! How soon a kick is true for tokens, and how soon an application hears of it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crate::acts::Desk;
use crate::common::admin::Admin;
use crate::common::client::{Client, cookie};
use crate::common::stock::Stock;
use crate::common::{Done, Series, Target, Verdicts, check, figure, micros, process};
use crate::sides::{self, RS256, Side};

/// Longest that is waited for an application to hear.
const PATIENCE: Duration = Duration::from_secs(10);

/// When the last token or cookie was let in after the kick was sent, of each kind.
struct Last {
    kind: &'static str,
    ms: Series,
    slips: usize,
}

/// G14: the last time that a cookie, an access token and a refresh token of a kicked user work, while each is shown without
/// a pause on a connection of its own.
pub fn gate(stock: &Stock, port: u16, verdicts: &mut Verdicts) -> Done<()> {
    let side = Side::product(stock, port, &sides::seed(&[]))?;
    let mut admin = Admin::of(port)?;
    let (size, desk) = (stock.size, Desk { side: &side, application: RS256 });
    for (sessions, from, count) in [(5, 0, 20), (1_000, 0, 10), (20_000, 0, 5)] {
        let mut kinds =
            ["cookie", "access token", "refresh token"].map(|kind| Last { kind, ms: Series::default(), slips: 0 });
        let mut answers = Series::default();
        for at in from..from + count {
            process::settle()?;
            let user = size.user_with(sessions, at);
            // The first session of a user; the others are as dead by the same number.
            let session = size.session_of(user);
            let (sent, answered, last) = kicked_while_asked(&desk, session, || admin.kick(&[user]).map(|(_, r)| r))
                .and_then(|(sent, answered, last, receipt)| {
                    let ended = admin.written_out(&receipt)?;
                    check(ended == sessions, || format!("{ended} of {sessions} sessions ended"))?;
                    Ok((sent, answered, last))
                })?;
            answers.push(micros(answered - sent) / 1e3);
            for (kind, last) in kinds.iter_mut().zip(last) {
                kind.ms.push(micros(last.saturating_duration_since(sent)) / 1e3);
                kind.slips += usize::from(last > answered);
            }
        }
        for Last { kind, ms, slips } in &kinds {
            let what = format!("{} sessions: last {kind} let in", figure(sessions as f64));
            verdicts.bar("G14", &what, (ms, " ms"), Target::Most(2.0));
            let worst = figure(ms.range().1);
            verdicts.must("G14", "none let in after the answer", *slips == 0, &format!("{slips}; worst {worst} ms"));
        }
        verdicts.bar("G14", "the kick's own answer", (&answers, " ms"), Target::None);
    }
    Ok(())
}

type Watched<T> = (Instant, Instant, [Instant; 3], T);

/// Kicks while a cookie, an access token and a chain of refresh tokens of a session are shown; answers when the kick was
/// sent, when it was answered, and when the last of each that worked had been sent.
fn kicked_while_asked<T>(desk: &Desk<'_>, session: u64, kick: impl FnOnce() -> Done<T>) -> Done<Watched<T>> {
    let [by_cookie, mut by_access, by_refresh] = [(); 3].map(|()| Client::to(desk.side.port));
    let tokens = desk.flow(by_access.as_mut().map_err(|_| "no connection")?, session)?;
    let (by_cookie, by_access, by_refresh) = (&mut by_cookie?, &mut by_access?, &mut by_refresh?);
    let (access, mut chain) = (tokens.access, tokens.refresh);
    let (stop, chain) = (AtomicBool::new(false), &mut chain);
    std::thread::scope(|scope| {
        let (stop, access) = (&stop, &access);
        let threads = [
            scope.spawn(move || last_let_in(stop, || by_cookie.is_in(session))),
            scope.spawn(move || last_let_in(stop, || desk.userinfo(by_access, access))),
            scope.spawn(move || last_let_in(stop, || renews(desk, by_refresh, chain))),
        ];
        std::thread::sleep(Duration::from_millis(20));
        let sent = Instant::now();
        let value = kick();
        let answered = Instant::now();
        stop.store(true, Ordering::SeqCst);
        let mut last = [sent; 3];
        for (at, thread) in last.iter_mut().zip(threads) {
            *at = thread.join().map_err(|_| "a poller panicked")??;
        }
        Ok((sent, answered, last, value?))
    })
}

/// Shows something again and again until it has been refused for a while; when the last that worked had been sent.
fn last_let_in(stop: &AtomicBool, mut works: impl FnMut() -> Done<bool>) -> Done<Instant> {
    let (mut last, mut refused) = (Instant::now(), 0);
    check(works()?, || "dead before the kick".into())?;
    while refused < 20 || !stop.load(Ordering::SeqCst) {
        let sent = Instant::now();
        if works()? {
            last = sent;
        } else {
            refused += 1;
        }
    }
    Ok(last)
}

fn renews(desk: &Desk<'_>, client: &mut Client, chain: &mut String) -> Done<bool> {
    let Some(tokens) = desk.refresh(client, chain)? else { return Ok(false) };
    *chain = tokens.refresh;
    Ok(true)
}

/// An application's back-channel address: says when a message began to arrive, or takes it and never answers.
struct Listener {
    port: u16,
    heard: Receiver<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Answers,
    Silent,
}

impl Listener {
    fn open(manner: Manner) -> Done<Self> {
        let socket = TcpListener::bind("127.0.0.1:0")?;
        let port = socket.local_addr()?.port();
        let (tell, heard) = channel();
        std::thread::spawn(move || {
            for stream in socket.incoming().flatten() {
                let tell = tell.clone();
                std::thread::spawn(move || hear(stream, manner, &tell));
            }
        });
        Ok(Self { port, heard })
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}/backchannel", self.port)
    }

    fn next(&self) -> Done<Instant> {
        Ok(self.heard.recv_timeout(PATIENCE).map_err(|_| "an application was not told")?)
    }
}

/// Takes messages from a connection until it closes.
fn hear(stream: TcpStream, manner: Manner, tell: &Sender<Instant>) -> Done<()> {
    let mut out = stream.try_clone()?;
    let mut lines = BufReader::new(stream);
    loop {
        let (mut line, mut length, mut first) = (String::new(), 0, None);
        while lines.read_line(&mut line)? > 0 && !line.trim().is_empty() {
            first.get_or_insert_with(Instant::now);
            let lower = line.to_ascii_lowercase();
            if let Some(text) = lower.strip_prefix("content-length:") {
                length = text.trim().parse()?;
            }
            line.clear();
        }
        let Some(first) = first else { return Ok(()) };
        let mut body = vec![0; length];
        lines.read_exact(&mut body)?;
        check(body.starts_with(b"logout_token="), || "no logout token".into())?;
        tell.send(first)?;
        if manner == Manner::Answers {
            out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nCache-Control: no-store\r\n\r\n")?;
        }
    }
}

/// G10: from sending a kick to the application's hearing of it; then with an application in the same sessions that accepts
/// and never answers.
pub fn told(stock: &Stock, port: u16, verdicts: &mut Verdicts) -> Done<()> {
    let (good, silent) = (Listener::open(Manner::Answers)?, Listener::open(Manner::Silent)?);
    let listeners = [(RS256, good.address()), (sides::ES256, silent.address())];
    let side = Side::product(stock, port, &sides::seed(&listeners))?;
    let (mut admin, size) = (Admin::of(port)?, stock.size);
    let (mut first, mut all) = (Series::default(), Series::default());
    for user in 100..400 {
        let begun = Instant::now();
        admin.send_kick(&[user])?;
        first.push(micros(good.next()? - begun) / 1e3);
        for _ in 1..5 {
            good.next()?;
        }
        all.push(micros(begun.elapsed()) / 1e3);
        let receipt = admin.receipt(1)?;
        check(admin.written_out(&receipt)? == 5, || "five sessions end".into())?;
    }
    verdicts.bar("G10", "kick sent to first back-channel message", (&first, " ms"), Target::Most(3.0));
    let p99 = [first.quantile(0.99)].into_iter().collect();
    verdicts.bar("G10", "the same, p99 of 300", (&p99, " ms"), Target::Most(15.0));
    verdicts.bar("G10", "kick sent to the last of five", (&all, " ms"), Target::None);

    // The same session in both applications, by a code flow in each.
    let (mut heard, mut answered) = (Series::default(), Series::default());
    let mut client = Client::to(port)?;
    for user in 500..600 {
        let session = size.session_of(user);
        for application in [RS256, sides::ES256] {
            Desk { side: &side, application }.flow(&mut client, session)?;
        }
        let begun = Instant::now();
        let reply = client.ask("GET", "/login/profile/logout", &[cookie(session)], "")?;
        answered.push(micros(begun.elapsed()) / 1e3);
        check(reply.status == 303 || reply.status == 200, || format!("log-out: {}", reply.head))?;
        heard.push(micros(good.next()? - begun) / 1e3);
        check(!client.is_in(session)?, || "still in after the log-out".into())?;
    }
    verdicts.bar("G10", "beside a silent application: log-out answered", (&answered, " ms"), Target::Most(15.0));
    verdicts.bar("G10", "beside a silent application: message", (&heard, " ms"), Target::Most(3.0));
    let p99 = [heard.quantile(0.99)].into_iter().collect();
    verdicts.bar("G10", "the same, p99 of 100", (&p99, " ms"), Target::Most(15.0));
    let waiting = silent.heard.try_iter().count();
    verdicts.must("G10", "the silent one was told too", waiting > 0, &format!("{waiting} messages hang"));
    Ok(())
}
