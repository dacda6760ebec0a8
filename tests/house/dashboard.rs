//! The dashboard: who is online, what happened, what is still to be done, how the server is; and what all lists cost.

use exeunt::flow::{dashboard, tally};
use exeunt::store::{numbers, online};
use rusqlite::{StatementStatus, ToSql};

use crate::plan::statements;
use crate::support::House;

const DAY_MS: i64 = 24 * 3_600_000;

#[test]
fn log_ins_and_refused_ones_stand_in_their_hours_and_are_counted_once() {
    let house = House::open();
    house.browser().logs_in("lilei");
    house.clock.advance_ms(5 * 3_600_000);
    for name in ["hanmeimei", "lintao"] {
        house.browser().logs_in(name);
    }
    house.browser().logs_in_at(&house.at("", ""), "lilei", "wrong");
    house.state.write_now(|_, _| Ok(())).unwrap(); // a refusal is written without waiting
    let counted = |house: &House| tally::logins(&house.state, house.pool).unwrap();
    for _ in 0..2 {
        let logins = counted(&house);
        assert_eq!((logins.ok[18], logins.ok[23], logins.ok.iter().sum::<u32>()), (1, 2, 3));
        assert_eq!((logins.refused[23], logins.refused.iter().sum::<u32>()), (1, 1));
        assert_eq!(logins.by_application[&house.application("notes").id], [0, 0, 0, 0, 0, 0, 3]);
        assert_eq!(logins.since, None);
    }
    house.browser().logs_in("zhao");
    assert_eq!(counted(&house).ok[23], 3);
    assert!(tally::logins(&house.state, house.other_pool).unwrap().by_application.is_empty(), "another pool's");
    house.clock.advance_ms(DAY_MS);
    assert_eq!(counted(&house).ok, [0; 24]);
    // The same from the log alone.
    let house = house.restarts();
    assert_eq!(counted(&house).by_application[&house.application("notes").id], [0, 0, 0, 0, 0, 4, 0]);
}

#[test]
fn the_dashboard_says_who_is_in_what_happened_and_what_is_to_be_mended() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    for n in 0..25 {
        house.clock.advance_ms(1_000);
        if n % 2 == 0 { house.browser().logs_in("lilei") } else { house.browser().logs_in("hanmeimei") }
    }
    let page = wang.opens(&house.at("", "/console")).text();
    assert!(page.contains("<b>3</b><span>people online</span>"), "{page}");
    let ticker = page.split("id=\"ticker\"").nth(1).unwrap().split("</table>").next().unwrap();
    assert_eq!(ticker.matches("<time").count(), 20);
    assert!(page.contains("26 ok,") && page.contains("0 refused"), "{page}");
    assert!(page.contains("There is no backup yet"), "{page}");
    assert!(!page.contains("Three things to begin with"), "it all was done");
    // The operator makes a backup; then it grows old.
    let dir = house.state.config.data_dir.clone();
    let at = house.state.now();
    exeunt::flow::backup::make(&dir, &dir.join("copy.db"), at).unwrap();
    house.lets_pass(3_600_000);
    let page = wang.opens(&house.at("", "/console")).text();
    assert!(!page.contains("There is no backup yet") && !page.contains("The last backup was made"), "{page}");
    house.clock.advance_ms(8 * DAY_MS);
    wang.logs_in("wang");
    let page = wang.opens(&house.at("", "/console")).text();
    assert!(page.contains("The last backup was made 8 days ago"), "{page}");
}

#[test]
fn a_proxy_that_nobody_trusts_a_plain_public_address_and_a_known_password_are_said() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    let console = house.at("", "/console");
    assert!(!wang.fetches(&console, &[]).text().contains("trusted_proxies"));
    for header in ["X-Forwarded-For", "Forwarded", "X-Forwarded-Proto", "X-Real-IP"] {
        let page = wang.fetches(&console, &[(header, "192.0.2.7")]).text();
        assert!(page.contains("a proxy at 127.0.0.1 that is not trusted"), "{header}: {page}");
    }
    assert!(!wang.fetches(&console, &[]).text().contains("the password of the demo"));
    let demo = include_str!("../../src/cli/demo.toml");
    let hash = demo.split("password_hash = \"").nth(1).unwrap().split('"').next().unwrap();
    house.rows().execute("UPDATE users SET password_hash = ?1 WHERE username = 'lintao'", [hash]).unwrap();
    assert!(wang.fetches(&console, &[]).text().contains("Somebody has the password of the demo"));
    house.rows().execute("UPDATE users SET status = 'disabled' WHERE username = 'lintao'", []).unwrap();
    assert!(!wang.fetches(&console, &[]).text().contains("the password of the demo"));
}

#[test]
fn a_fresh_server_names_three_steps_and_ticks_what_is_done() {
    let house = House::open();
    let mut olga = house.browser();
    olga.logs_in_at(&house.at("shop", ""), "olga", crate::support::PASSWORD);
    let steps = |house: &House, pool| {
        let admin = house.value::<String>("SELECT id FROM users WHERE username = 'olga'", []);
        let admin = exeunt::domain::id::UserId::parse(&admin).unwrap();
        dashboard::read(&house.state, pool, admin).unwrap().steps
    };
    let done = steps(&house, house.other_pool);
    assert!(done.application && done.people && done.login && done.are_done());
    // A pool in which nothing was made but its administrator.
    house
        .rows()
        .execute_batch(
            "INSERT INTO pools (id, name, secret_hash, secret_sealed, secret_seq, position, created_at)
             SELECT '5f9d0cef60d09ff5a4c87c08', 'Fresh', secret_hash, secret_sealed, 0, 9, 0 FROM pools LIMIT 1",
        )
        .unwrap();
    let fresh = exeunt::domain::id::PoolId::parse("5f9d0cef60d09ff5a4c87c08").unwrap();
    let none = steps(&house, fresh);
    assert!(!none.application && !none.people && !none.login);
    house
        .rows()
        .execute_batch(
            "INSERT INTO users (id, pool_id, username, username_key, role, status, created_at, updated_at)
             VALUES ('60aa00000000000000000fff', '5f9d0cef60d09ff5a4c87c08', 'new', 'new', 'person', 'activated', 0, 0)",
        )
        .unwrap();
    let begun = steps(&house, fresh);
    assert!(!begun.application && begun.people && !begun.login);
    house.rows().execute_batch("UPDATE users SET logins = 1 WHERE username = 'new'").unwrap();
    assert!(steps(&house, fresh).login);
}

#[test]
fn a_text_that_finds_one_person_leads_there_and_any_other_to_the_list() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    let lilei = house.person("lilei").id;
    let mut find = |q: &str| {
        let answer = wang.fetches(&house.at("", &format!("/console/find?q={q}")), &[]);
        assert_eq!(answer.status, 303, "{q}");
        answer.location().to_owned()
    };
    assert_eq!(find("lilei"), format!("/console/users/{lilei}"));
    assert_eq!(find("LILEI%40example.com"), format!("/console/users/{lilei}"));
    assert_eq!(find(lilei.as_str()), format!("/console/users/{lilei}"));
    assert_eq!(find("example.com"), "/console/users?q=example.com");
    assert_eq!(find("nobody"), "/console/users?q=nobody");
    assert_eq!(find(""), "/console/users");
    assert_eq!(find("olga"), "/console/users?q=olga", "another pool's is nobody");
    assert_eq!(find("%26x=1%23"), "/console/users?q=%26x%3D1%23");
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    assert_eq!(lilei.fetches(&house.at("", "/console/find?q=wang"), &[]).status, 403);
}

/// Sessions, people and events in a house that has run for long: one application with `n` of each, behind the ones that
/// are met first.
fn fill(house: &House, n: u32) {
    let (notes, lilei) = (house.application("notes").id, house.person("lilei").id);
    let rows = house.rows();
    rows.execute_batch("BEGIN").unwrap();
    let each = format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n})");
    let (pool, now) = (house.pool, house.state.now());
    for sql in [
        format!(
            "{each} INSERT INTO users (id, pool_id, username, username_key, name, role, status, created_at, updated_at)
             SELECT printf('70%022x', i), '{pool}', 'p' || i, 'p' || i, 'Person ' || i, 'person', 'activated', {now} - i, 0 FROM n"
        ),
        format!(
            "{each} INSERT INTO sessions (id, sid, user_id, seq, auth_seq, auth_at, created_at, last_seen_at, expires_at, ip, user_agent)
             SELECT 1000 + i, printf('80%022x', i), printf('70%022x', i), 1000 + i, 1, {now}, {now}, {now}, {now} + 1000000, '192.0.2.1', 'x' FROM n"
        ),
        format!(
            "{each} INSERT INTO participants (session_id, application_id, user_id, issuer, seq, joined_at)
             SELECT 1000 + i, '{notes}', printf('70%022x', i), 'http://x', 1000 + i, {now} FROM n"
        ),
        format!(
            "{each} INSERT INTO audit (at, pool_id, actor_kind, actor_id, act, user_id, target, ip, request_id)
             SELECT {now} - 1000, '{pool}', 'user', '{lilei}', 'login', '{lilei}', '{notes}', '192.0.2.1', 'r' FROM n"
        ),
        format!(
            "{each} INSERT INTO notices (application_id, session_id, user_id, sid, issuer, at, state, due_at)
             SELECT '{notes}', i, '{lilei}', 'x', 'http://x', {now} - 1, 'gave_up', 0 FROM n"
        ),
        "UPDATE house SET seq = seq + 1000000".to_owned(),
    ] {
        rows.execute_batch(&sql).unwrap_or_else(|e| panic!("{e}: {sql}"));
    }
    rows.execute_batch("COMMIT; ANALYZE").unwrap();
}

/// Steps that the machine of SQLite makes for each statement behind the dashboard, the list of applications and the ledger.
fn steps(house: &House) -> Vec<(String, i32)> {
    let rows = house.rows();
    let (pool, notes, wang) =
        (house.pool.to_string(), house.application("notes").id.to_string(), house.person("wang").id);
    let (cap, end) = (i64::from(online::CAP) + 1, i64::MAX);
    let last = numbers::last_event(&rows).unwrap() - 100;
    let all = statements();
    let spent = |pieces: &[&str], values: &[&dyn ToSql]| {
        let found: Vec<&String> =
            all.iter().map(|(_, sql)| sql).filter(|sql| pieces.iter().all(|piece| sql.contains(piece))).collect();
        let [sql] = found.as_slice() else { panic!("{} statements with {pieces:?}", found.len()) };
        let mut statement = rows.prepare(sql).unwrap();
        let mut found = statement.query(values).unwrap();
        while found.next().unwrap().is_some() {}
        drop(found);
        ((*sql).clone(), statement.get_status(StatementStatus::VmStep))
    };
    let first = "SELECT id, logins FROM users WHERE pool_id = ?1";
    vec![
        spent(&["SELECT count(*) FROM (SELECT 1 FROM sessions", "NOT EXISTS"], &[&pool, &cap]),
        spent(&["SELECT count(*) FROM (SELECT 1 FROM sessions", "u.pool_id = ?1 LIMIT"], &[&pool, &cap]),
        spent(&["SELECT count(*) FROM (SELECT 1 FROM participants", "p.seq DESC LIMIT ?2"], &[&notes, &cap]),
        spent(&["SELECT p.seq, s.id", "p.seq < ?2", "NOT EXISTS"], &[&notes, &end, &26]),
        spent(&["SELECT p.seq, s.id", "p.seq < ?2", "'activated' ORDER BY"], &[&notes, &end, &26]),
        spent(&["(SELECT 1 FROM notices WHERE state = 'waiting'"], &[&notes, &0, &cap]),
        spent(&["SELECT e.id", "e.act IN ('login', 'login_refused', 'registered')"], &[&pool, &(last - 900), &20]),
        spent(&["sessions s INDEXED BY sessions_by_seen"], &[&pool, &end, &end, &500]),
        spent(&["SELECT coalesce(max(id), 0) FROM audit"], &[]),
        spent(&["SELECT id, at, act, target FROM audit"], &[&pool, &last, &10_000]),
        spent(&["FROM users WHERE pool_id = ?1 AND id <> ?2 AND status"], &[&pool, &wang.to_string()]),
        spent(&[first], &[&pool, &wang.to_string(), &500]),
        spent(&["SELECT password_hash, status FROM users"], &[&pool, &"nobody's", &500]),
    ]
}

#[test]
fn the_console_reads_as_much_of_a_hundred_thousand_as_of_two_thousand() {
    let (few, many) = (House::open(), House::open());
    fill(&few, 2_000);
    fill(&many, 100_000);
    for ((sql, few), (_, many)) in steps(&few).into_iter().zip(steps(&many)) {
        assert!(few > 0 && many <= few + few / 5 + 100, "{few} steps have become {many}: {sql}");
    }
    // What a page shows of them is a page.
    let mut wang = many.browser();
    wang.logs_in("wang");
    for path in ["/console".to_owned(), format!("/console/applications/{}/sessions", many.application("notes").id)] {
        let page = wang.opens(&many.at("", &path));
        assert_eq!(page.status, 200);
        let text = page.text();
        assert!(text.contains("1,000+") && text.len() < 100_000, "{path}: {}", text.len());
    }
    let logins = tally::logins(&many.state, many.pool).unwrap();
    assert_eq!(logins.ok[23], 100_001);
}

#[test]
fn a_log_too_long_to_be_counted_says_from_when_on_it_was() {
    let house = House::open();
    fill(&house, 10);
    let old = "UPDATE audit SET id = id + 500000 WHERE act = 'login';
               UPDATE audit SET at = at - 3 * 86400000 WHERE act <> 'login'";
    house.rows().execute_batch(old).unwrap();
    let logins = tally::logins(&house.state, house.pool).unwrap();
    assert_eq!(logins.ok[23], 10);
    assert_eq!(logins.since, Some(house.state.now().plus_ms(-1_000)));
}

#[test]
fn the_online_list_holds_every_session_of_the_pool_and_none_besides_page_by_page() {
    let house = House::open();
    let mut wang = house.browser();
    wang.logs_in("wang");
    house.browser().logs_in_at(&house.at("shop", ""), "olga", crate::support::PASSWORD);
    house.clock.advance_ms(60_000);
    let mut lilei = house.browser();
    lilei.logs_in("lilei");
    let page = wang.opens(&house.at("", "/console")).text();
    assert!(page.contains("<a href=\"/console/online\"><b>2</b>"), "{page}");
    let list = |wang: &mut crate::support::Browser, at: &str| {
        let page = wang.opens(&house.at("", at));
        assert_eq!(page.status, 200, "{}", page.text());
        page.text()
    };
    let page = list(&mut wang, "/console/online");
    let (lilei_id, sid) = (house.person("lilei").id, house.sid_of(&lilei));
    let notes = house.application("notes").id;
    assert!(page.contains(&format!("href=\"/console/users/{lilei_id}\"")) && !page.contains("olga"), "{page}");
    assert!(page.contains("2 people online, 2 sessions") || page.contains("2 people online"), "{page}");
    let ask = format!("/console/applications/{notes}/kick?sid={sid}&amp;scope=device");
    assert!(page.contains(&ask), "{page}");
    assert_eq!(wang.opens(&house.at("", &ask.replace("&amp;", "&"))).status, 200);
    // A kick that stands only as a barrier counts at once.
    house.program().kicks(notes, &[&house.person("lilei")]);
    assert!(!list(&mut wang, "/console/online").contains(&lilei_id.to_string()));
    let _many = [(); 60].map(|()| house.lets_in("hanmeimei"));
    let (mut at, mut met) = ("/console/online".to_owned(), Vec::new());
    for _ in 0..3 {
        let page = list(&mut wang, &at);
        met.push(page.matches("class=\"c-who\" role=\"cell\"").count());
        let Some((before, _)) = page.split_once("\" rel=\"next\"") else { break };
        at = before.rsplit("href=\"").next().unwrap().replace("&amp;", "&");
    }
    assert_eq!(met, [50, 11]);
    assert_eq!(wang.opens(&house.at("", "/console/online?seen=x&after=1")).status, 400);
}
