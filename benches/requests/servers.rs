//! The servers, as child processes.

use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::header;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use exeunt::crypto::{password, seal};
use exeunt::domain::clock::SystemClock;
use exeunt::flow::state::State;
use exeunt::server::Server;
use r2d2_sqlite::SqliteConnectionManager;
use rusqlite::{Connection, params};

use crate::common::client::Client;
use crate::common::process::{Running, pinned};
use crate::common::{Done, Series, Target, Verdicts, check, micros, stock};

/// What a child does.
pub fn child(args: &[String]) -> Done<()> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["product", dir, port] => product(Path::new(dir), port.parse()?),
        ["hello"] => hello(),
        ["blocking", dir] => blocking(Path::new(dir)),
        ["hashes", seconds] => hashes(Duration::from_secs(seconds.parse()?)),
        other => Err(format!("no such child: {other:?}").into()),
    }
}

fn say_ready(port: u16) -> Done<()> {
    let mut out = std::io::stdout();
    writeln!(out, "ready {port}")?;
    Ok(out.flush()?)
}

fn product(dir: &Path, port: u16) -> Done<()> {
    // Log lines as in service, at the level of the default settings.
    tracing_subscriber::fmt().with_env_filter("info,actix_server=warn").with_writer(std::io::stderr).init();
    let state = State::open(stock::config(dir, port)?, Arc::new(SystemClock))?;
    actix_web::rt::System::new().block_on(async move {
        let server = Server::bind(&state)?;
        say_ready(server.addresses.first().ok_or("no address")?.port())?;
        Ok(server.run().await?)
    })
}

fn hello() -> Done<()> {
    actix_web::rt::System::new().block_on(async {
        let socket = TcpListener::bind("127.0.0.1:0")?;
        let port = socket.local_addr()?.port();
        let app = || App::new().route("/api/v1/session", web::get().to(|| async { HttpResponse::Ok().body("hello") }));
        let server = HttpServer::new(app).workers(1).listen(socket)?.run();
        say_ready(port)?;
        Ok(server.await?)
    })
}

/// Hashes passwords for a while; says how many a second.
fn hashes(time: Duration) -> Done<()> {
    let phc = password::hash(stock::PASSWORD).ok_or("no hash")?;
    let mut memory = password::Memory::default();
    password::verify(&mut memory, stock::PASSWORD, &phc);
    let (begun, mut count) = (Instant::now(), 0);
    while begun.elapsed() < time {
        check(password::verify(&mut memory, stock::PASSWORD, &phc) == password::Verdict::Right, || "argon2".into())?;
        count += 1;
    }
    println!("{}", f64::from(count) / begun.elapsed().as_secs_f64());
    Ok(())
}

/// Passwords compared in a second by one thread on core 0, at the priority of the product's hashing threads.
pub fn hashes_per_second(seconds: u64) -> Done<f64> {
    let output = pinned("0", &["nice", "-n", "10"])
        .arg(std::env::current_exe()?)
        .args(["--child", "hashes", &seconds.to_string()])
        .output()?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

type Pool = r2d2::Pool<SqliteConnectionManager>;

/// The baseline of durable log-outs.
fn blocking(dir: &Path) -> Done<()> {
    let path = dir.join(exeunt::store::open::DATABASE);
    drop(stock::connection(&path)?);
    let manager = SqliteConnectionManager::file(&path).with_init(|conn| {
        conn.busy_timeout(Duration::from_secs(30))?;
        conn.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        conn.set_prepared_statement_cache_capacity(128);
        conn.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;",
        )
    });
    let pool: Pool = r2d2::Pool::builder().max_size(8).test_on_check_out(false).build(manager)?;
    actix_web::rt::System::new().block_on(async move {
        let socket = TcpListener::bind("127.0.0.1:0")?;
        let port = socket.local_addr()?.port();
        let app = move || App::new().app_data(web::Data::new(pool.clone())).default_service(web::to(blocking_log_out));
        let server = HttpServer::new(app).workers(1).listen(socket)?.run();
        say_ready(port)?;
        Ok(server.await?)
    })
}

async fn blocking_log_out(request: HttpRequest, pool: web::Data<Pool>) -> HttpResponse {
    let cookie = request.headers().get(header::COOKIE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let secret = cookie.rsplit_once("exeunt=").map_or("", |(_, secret)| secret).to_owned();
    let ended = web::block(move || {
        let conn = pool.get().map_err(|e| e.to_string())?;
        end_by_statements(&conn, &secret).map_err(|e| e.to_string())
    });
    match ended.await {
        Ok(Ok(true)) => HttpResponse::SeeOther().insert_header((header::LOCATION, "/signed-out")).finish(),
        Ok(Ok(false)) => HttpResponse::Unauthorized().finish(),
        Ok(Err(_)) | Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

/// The statements of a log-out of the product, in a transaction of their own.
fn end_by_statements(conn: &Connection, secret: &str) -> rusqlite::Result<bool> {
    const LIVE: &str = "SELECT s.id, s.user_id, u.pool_id, u.name, s.expires_at FROM session_secrets c
        JOIN sessions s ON s.id = c.session_id JOIN users u ON u.id = s.user_id
        WHERE c.hash = ?1 AND s.ended_at IS NULL AND s.seq > u.barrier_seq AND u.status = 'activated'";
    const IN: &str = "SELECT p.application_id, p.seq, max(p.barrier_seq, a.barrier_seq, coalesce(k.barrier_seq, 0)) FROM participants p
        JOIN applications a ON a.id = p.application_id
        LEFT JOIN kicks k ON k.user_id = p.user_id AND k.application_id = p.application_id WHERE p.session_id = ?1 ORDER BY p.seq";
    let hash = seal::hash(secret);
    let find = || -> rusqlite::Result<(i64, String)> {
        let found = conn.prepare_cached(LIVE)?.query_row([hash], |row| Ok((row.get(0)?, row.get(1)?)))?;
        conn.prepare_cached(IN)?.query_row([found.0], |row| row.get::<_, String>(0))?;
        Ok(found)
    };
    if let Err(rusqlite::Error::QueryReturnedNoRows) = find() {
        return Ok(false);
    }
    let act = || -> rusqlite::Result<()> {
        let (session, user) = find()?;
        let seq: i64 = conn
            .prepare_cached("UPDATE house SET seq = seq + 1 WHERE id = 1 RETURNING seq")?
            .query_row([], |r| r.get(0))?;
        let (id, now) = (format!("{seq:024x}"), 1_763_796_000_000_i64 + seq);
        conn.prepare_cached(
            "INSERT INTO endings (id, seq, pool_id, at, cause, scope, users, actor_kind, actor_id, ip, request_id, open)
             VALUES (?1, ?2, ?3, ?4, 'front_end', 'device', '[]', 'user', ?5, '127.0.0.1', 'req_bench', 0)",
        )?
        .execute(params![id, seq, stock::POOL, now, user])?;
        let text = "UPDATE sessions SET ended_at = ?2, cause = 'front_end', ending_id = ?3 WHERE id = ?1 AND ended_at IS NULL RETURNING user_id";
        conn.prepare_cached(text)?.query_row(params![session, now, id], |row| row.get::<_, String>(0))?;
        let text = "INSERT OR IGNORE INTO notices (ending_id, session_id, application_id, user_id, sid, issuer, at, due_at, state)
            SELECT ?2, session_id, application_id, user_id, '', issuer, 0, 0, 'unreachable' FROM participants WHERE session_id = ?1 AND ended_at IS NULL";
        conn.prepare_cached(text)?.execute(params![session, id])?;
        let text = "UPDATE participants SET ended_at = ?2 WHERE session_id = ?1 AND ended_at IS NULL";
        conn.prepare_cached(text)?.execute(params![session, now])?;
        conn.prepare_cached("UPDATE endings SET users = ?2 WHERE id = ?1")?
            .execute(params![id, format!("[\"{user}\"]")])?;
        conn.prepare_cached(
            "INSERT INTO audit (at, pool_id, actor_kind, actor_id, act, user_id, target, ending_id, ip, user_agent, request_id)
             VALUES (?1, ?2, 'user', ?3, 'front_end', ?3, '', ?4, '127.0.0.1', '', 'req_bench')",
        )?
        .execute(params![now, stock::POOL, user, id])?;
        Ok(())
    };
    conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    match act() {
        Ok(()) => conn.prepare_cached("COMMIT")?.execute([]).map(|_| true),
        Err(error) => {
            conn.execute_batch("ROLLBACK")?;
            if matches!(error, rusqlite::Error::QueryReturnedNoRows) { Ok(false) } else { Err(error) }
        }
    }
}

/// G11: start, memory, size. A new data directory and one that has been used.
pub fn start_cell(verdicts: &mut Verdicts) -> Done<()> {
    let (mut fresh, mut again, mut bare, mut answers) =
        (Series::default(), Series::default(), Series::default(), Series::default());
    let mut idle = Series::default();
    for round in 0..9 {
        let dir = tempfile::tempdir()?;
        let path = dir.path().to_string_lossy().into_owned();
        let first = Running::start(&["product", &path, "0"])?;
        let memory = first.resident()?;
        let ready = first.ready_after;
        drop(first);
        let begun = Instant::now();
        let second = Running::start(&["product", &path, "0"])?;
        let reply = Client::to(second.port)?.ask("GET", "/healthz", &[], "")?;
        let answered = begun.elapsed();
        check(reply.status == 200, || format!("/healthz answered {}", reply.status))?;
        let hello = Running::start(&["hello"])?;
        if round > 0 {
            fresh.push(micros(ready) / 1e3);
            again.push(micros(second.ready_after) / 1e3);
            answers.push(micros(answered) / 1e3);
            bare.push(micros(hello.ready_after) / 1e3);
            idle.push(memory);
        }
    }
    verdicts.ratio(
        "G11",
        "start to ready, data directory there / hello",
        (&again, " ms"),
        (&bare, " ms"),
        Target::None,
    );
    verdicts.bar("G11", "start to ready, data directory there", (&again, " ms"), Target::Most(50.0));
    verdicts.bar("G11", "start to first answer", (&answers, " ms"), Target::Most(50.0));
    verdicts.bar("G11", "start to ready, new data directory", (&fresh, " ms"), Target::Most(50.0));
    verdicts.bar("G11", "memory, idle after the start", (&idle, " MiB"), Target::Most(20.0));
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_exeunt"))?.len() as f64 / 1e6;
    verdicts.bar("G11", "binary", (&[size].into_iter().collect(), " MB"), Target::Most(20.0));
    Ok(())
}
