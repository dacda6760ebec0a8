//! Users from a table: looked at first, then created; all of them or those that an administrator means.

use crate::support::browser::hidden;
use crate::support::{Answer, Browser, House};

const AT: &str = "/console/users/import";
const EDGE: &str = "----a-boundary-that-nobody-types";

/// A form with a file, as a browser writes it.
fn sends(house: &House, browser: &mut Browser, fields: &[(&str, &str)], file: Option<&[u8]>) -> Answer {
    let csrf = browser.csrf_of(&house.at("", "/u"));
    let mut body = Vec::new();
    for (name, value) in fields.iter().copied().chain([("csrf", csrf.as_str())]) {
        let part = format!("--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!(
        "--{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: text/csv\r\n\r\n",
        if file.is_some() { "users.csv" } else { "" }
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file.unwrap_or_default());
    body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
    let (media, cookie) =
        (format!("multipart/form-data; boundary={EDGE}"), format!("exeunt={}", browser.secret("").expect("a session")));
    let headers = [
        ("Content-Type", media.as_str()),
        ("Cookie", cookie.as_str()),
        ("Accept-Language", "en"),
        ("Sec-Fetch-Site", "same-origin"),
    ];
    house.ask(("POST", AT), &headers, Some(&body))
}

/// What the page holds of the file, to be sent back.
#[track_caller]
fn sealed(answer: &Answer) -> String {
    hidden(&answer.text(), "sealed").unwrap_or_else(|| panic!("{} {}", answer.status, answer.text()))
}

fn people(house: &House) -> i64 {
    house.count("SELECT count(*) FROM users")
}

const TWO: &str = "\u{feff}name,username,password,email\r\n\
    \"Green, Jim\",jim,a password of jim,jim@example.com\r\n=1+1,kate,,kate@example.com\r\n";

#[test]
fn a_file_is_looked_at_before_anything_is_created() {
    let house = House::open();
    let mut wang = house.lets_in("wang");
    let before = house.picture();
    let page = sends(&house, &mut wang, &[], Some(TWO.as_bytes()));
    assert_eq!((page.status, before == house.picture()), (200, true), "{}", page.text());
    let text = page.text();
    assert!(text.contains("2 users will be created") && text.contains("Green, Jim") && text.contains("=1+1"));
    assert!(!text.contains("a password of jim") && text.contains("with a password"), "no password stands in a page");
    let sealed = sealed(&page);
    let done = sends(&house, &mut wang, &[("sealed", &sealed)], None);
    assert!(done.text().contains("2 users were created"), "{}", done.text());
    let mut jim = house.browser();
    jim.logs_in_at(&house.at("", ""), "jim", "a password of jim");
    assert!(jim.is_in(""));
    let kate: String = house.value("SELECT name FROM users WHERE username = 'kate' AND password_hash IS NULL", []);
    assert_eq!(kate, "=1+1", "a cell is what it says");
    let told = "SELECT count(*) FROM audit WHERE act = 'user_created' AND actor_kind = 'admin'";
    assert_eq!(house.count(told), 2);

    let again = sends(&house, &mut wang, &[("sealed", &sealed)], None);
    assert_eq!(again.status, 422, "pressed twice");
    assert!(again.text().contains("Nothing was created") && again.text().contains("This is taken"));
    assert_eq!(house.count(told), 2);
}

#[test]
fn lines_that_cannot_be_used_are_left_out_only_when_an_administrator_says_so() {
    let house = House::open();
    let mut wang = house.lets_in("wang");
    let before = people(&house);
    let text = "username;email;phone;password;shoe\nlilei;;;;1\njim;;;short;2\nkate;no address;;;3\nmike;;;;4\nMIKE;;;;5\nlucy;;;\n;;;;\nnew;new@example.com;13800000009;;6\n";
    let page = sends(&house, &mut wang, &[("text", text)], None);
    assert_eq!(page.status, 200);
    for told in [
        "2 users will be created",
        "5 lines cannot be used",
        "User name: This is taken",
        "Password: At least 8 characters",
        "Email: This is not an email address",
        "User name: The same as in line 5",
        "another number of cells",
        "These columns are not used: shoe",
    ] {
        assert!(page.text().contains(told), "{told}: {}", page.text());
    }
    let sealed = sealed(&page);
    let refused = sends(&house, &mut wang, &[("sealed", &sealed)], None);
    assert_eq!((refused.status, people(&house)), (422, before), "{}", refused.text());
    assert!(refused.text().contains("Nothing was created") && hidden(&refused.text(), "sealed").is_some());
    let done = sends(&house, &mut wang, &[("sealed", &sealed), ("leave_out", "1")], None);
    assert!(done.text().contains("2 users were created") && done.text().contains("5 lines were left out"));
    assert!(done.text().contains("User name: The same as in line 5"), "and why: {}", done.text());
    assert_eq!(people(&house), before + 2);
}

#[test]
fn a_name_that_is_taken_between_the_look_and_the_act_undoes_all() {
    let house = House::open();
    let mut wang = house.lets_in("wang");
    let page = sends(&house, &mut wang, &[("text", "username\njim\nkate\n")], None);
    let sealed = sealed(&page);
    let csrf = wang.csrf_of(&house.at("", "/u"));
    let other = [("csrf", csrf.as_str()), ("username", "kate"), ("name", "Another")];
    assert_eq!(wang.posts(&house.at("", "/console/users/new"), &other).status, 303);
    let before = people(&house);
    let answer = sends(&house, &mut wang, &[("sealed", &sealed)], None);
    assert_eq!((answer.status, people(&house)), (422, before));
    assert!(answer.text().contains("1 line cannot be used"));
}

#[test]
fn what_was_looked_at_is_carried_out_by_the_same_person_unchanged_and_soon() {
    let house = House::open();
    let (mut wang, mut zhao) = (house.lets_in("wang"), house.lets_in("zhao"));
    let sealed = sealed(&sends(&house, &mut wang, &[("text", "username\njim\n")], None));
    let before = people(&house);
    let bent = format!("{}{}", &sealed[..sealed.len() - 1], if sealed.ends_with('0') { '1' } else { '0' });
    for (other, value) in [(true, sealed.as_str()), (false, &bent), (false, "00"), (false, "zz")] {
        let who = if other { &mut zhao } else { &mut wang };
        let answer = sends(&house, who, &[("sealed", value)], None);
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("choose the file again"), "{}", answer.text());
    }
    house.clock.advance_ms(3_600_000);
    assert_eq!(sends(&house, &mut wang, &[("sealed", &sealed)], None).status, 422, "an hour later");
    assert_eq!(people(&house), before);
}

#[test]
fn a_file_that_is_no_table_is_refused_in_words_and_what_was_pasted_stays() {
    let house = House::open();
    let mut wang = house.lets_in("wang");
    let before = house.picture();
    let long = "username\n".to_owned() + &(0..1_001).map(|n| format!("u{n}\n")).collect::<String>();
    let wide = format!("username,name\nx,{}\n", "y".repeat(130 * 1024));
    for (file, told) in [
        (&b""[..], "There is no user in it"),
        (b"username\n", "There is no user in it"),
        (b"name,password\nLi,12345678\n", "names no column username"),
        (b"username\n\xc0\xee\xc0\xd7\n", "not text in UTF-8"),
        (long.as_bytes(), "more than 1000 lines"),
        (wide.as_bytes(), "larger than 128 KB"),
    ] {
        let answer = sends(&house, &mut wang, &[], Some(file));
        assert_eq!(answer.status, 422, "{told}");
        assert!(answer.text().contains(told), "{told}: {}", answer.text());
    }
    let answer = sends(&house, &mut wang, &[("text", "shoe\n<b>42</b>")], None);
    assert!(answer.status == 422 && answer.text().contains("shoe\n&lt;b&gt;42&lt;/b&gt;"), "{}", answer.text());
    let huge = sends(&house, &mut wang, &[], Some(&vec![b'x'; 500 * 1024]));
    assert_eq!(huge.status, 413);
    assert_eq!(before, house.picture());
}

#[test]
fn only_administrators_import_and_into_their_own_pool() {
    let house = House::open();
    house.rows().execute("UPDATE users SET role = 'auditor' WHERE username = 'lintao'", []).unwrap();
    for (who, status) in [("lilei", 403), ("lintao", 403), ("olga", 200)] {
        let mut browser = house.lets_in(who);
        let page = sends(&house, &mut browser, &[("text", "username\nlilei\n")], None);
        assert_eq!(page.status, status, "{who}: {}", page.text());
        if status == 200 {
            // Another pool has a lilei; here nobody does.
            let sealed = sealed(&page);
            assert_eq!(sends(&house, &mut browser, &[("sealed", &sealed)], None).status, 200);
            let pool: String = house.value("SELECT pool_id FROM users WHERE username = 'lilei' AND name = ''", []);
            assert_eq!(pool, house.other_pool.as_str());
        }
    }
    let mut wang = house.lets_in("wang");
    let table = wang.opens(&house.at("", "/console/users/import.csv"));
    assert!(table.text().starts_with("username,name,email,phone,password\n"), "{}", table.text());
}
