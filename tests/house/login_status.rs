//! Login status administration: what can be asked of the ledger, and what a page of it costs.

use exeunt::crypto::random;
use exeunt::domain::device::DeviceKind;
use exeunt::domain::id::{Sid, UserId};
use exeunt::domain::session::Seq;
use exeunt::flow::error::Done;
use exeunt::flow::ledger::{self, LOOKED_AT, Wanted};
use exeunt::store::sessions::{self, NewSession};

use crate::support::{Browser, House};

const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1";
const DESK: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36";

/// Sessions in notes: whose, from where, on what.
fn enter(house: &House, all: &[(UserId, &'static str, &'static str)]) -> Vec<Sid> {
    let (all, notes) = (all.to_vec(), house.application("notes").id);
    house
        .state
        .write_now(move |act, state| -> Done<Vec<Sid>> {
            all.into_iter()
                .map(|(user, ip, user_agent)| {
                    let (sid, expires_at) =
                        (Sid::from_random(random::octets()), act.now.plus_ms(state.lifetimes().absolute_ms));
                    let id = sessions::begin(act, &NewSession { sid, user, expires_at, ip, user_agent })?;
                    sessions::join(act, id, user, notes, "http://localhost/oidc")?;
                    Ok(sid)
                })
                .collect()
        })
        .unwrap()
}

/// The ledger of notes as an administrator sees it.
fn shows(house: &House, wang: &mut Browser, query: &str) -> String {
    let notes = house.application("notes").id;
    let page = wang.opens(&house.at("", &format!("/console/applications/{notes}/sessions{query}")));
    assert_eq!(page.status, 200, "{}", page.text());
    page.text()
}

fn sids_in(page: &str) -> Vec<String> {
    page.split("name=\"sid\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[track_caller]
fn lists(page: &str, sids: &[Sid]) {
    let wanted: Vec<String> = sids.iter().map(ToString::to_string).collect();
    assert_eq!(sids_in(page), wanted);
}

fn scene(house: &House) -> (Browser, Vec<Sid>) {
    let [lilei, hanmeimei] = ["lilei", "hanmeimei"].map(|name| house.person(name).id);
    let mut wang = house.browser();
    let mut sids = enter(house, &[(lilei, "10.0.3.24", DESK), (hanmeimei, "10.0.4.1", PHONE)]);
    house.lets_pass(13 * 3_600_000);
    sids.extend(enter(house, &[(lilei, "10.0.3.25", PHONE), (hanmeimei, "2001:db8::1", "curl/8.9.1")]));
    wang.logs_in("wang");
    (wang, sids)
}

#[test]
fn sessions_are_found_by_device_idleness_address_and_number() {
    let house = House::open();
    let (mut wang, sids) = scene(&house);
    let [desk, phone_old, phone, curl] = sids[..] else { panic!() };
    lists(&shows(&house, &mut wang, "?kind=phone"), &[phone, phone_old]);
    lists(&shows(&house, &mut wang, "?kind=code"), &[curl]);
    lists(&shows(&house, &mut wang, "?idle=720"), &[phone_old, desk]);
    lists(&shows(&house, &mut wang, "?idle=720&kind=phone"), &[phone_old]);
    lists(&shows(&house, &mut wang, "?q=10.0.3.24"), &[desk]);
    lists(&shows(&house, &mut wang, "?q=10.0.3.24%2F31&by="), &[phone, desk]);
    lists(&shows(&house, &mut wang, "?q=10.0.0.0%2F8"), &[phone, desk, phone_old]);
    lists(&shows(&house, &mut wang, "?q=2001:db8::%2F32"), &[curl]);
    lists(&shows(&house, &mut wang, &format!("?q={curl}")), &[curl]);
    lists(&shows(&house, &mut wang, "?q=hanmeimei&kind=phone"), &[phone_old]);
}

#[test]
fn a_person_stands_together_unless_each_session_is_wanted_for_itself() {
    let house = House::open();
    let (mut wang, sids) = scene(&house);
    let [desk, phone_old, phone, curl] = sids[..] else { panic!() };
    let own = |page: &str| {
        sids_in(page).into_iter().filter(|sid| sids.iter().any(|s| s.to_string() == *sid)).collect::<Vec<_>>()
    };
    let text = |sids: [Sid; 4]| sids.map(|sid| sid.to_string()).to_vec();
    assert_eq!(own(&shows(&house, &mut wang, "")), text([curl, phone_old, phone, desk]));
    let each = shows(&house, &mut wang, "?by=session");
    assert_eq!(own(&each), text([curl, phone, phone_old, desk]));
    assert!(!each.contains("〃"), "no ditto mark where nobody stands together");
}

#[test]
fn what_was_asked_stays_in_the_page_and_in_its_links() {
    let house = House::open();
    let (mut wang, _) = scene(&house);
    let lilei = house.person("lilei").id;
    enter(&house, &vec![(lilei, "10.0.3.24", PHONE); 60]);
    let first = shows(&house, &mut wang, "?kind=phone&by=session&q=10.0.0.0%2F8");
    assert!(first.contains("<option value=\"phone\" selected>") && first.contains("value=\"10.0.0.0/8\""));
    assert_eq!(sids_in(&first).len(), 50);
    let link = first.split("href=\"").filter_map(|rest| rest.split('"').next()).find(|at| at.contains("after="));
    let link = link.expect("a next page").replace("&amp;", "&");
    for part in ["kind=phone", "by=session", "q=10.0.0.0%2F8"] {
        assert!(link.contains(part), "{link}");
    }
    let query = link.split_once('?').map(|(_, query)| format!("?{query}")).unwrap();
    let second = shows(&house, &mut wang, &query);
    assert_eq!(sids_in(&second).len(), 12, "ten of the sixty, and two from before");
    assert!(sids_in(&second).iter().all(|sid| !sids_in(&first).contains(sid)));
}

#[test]
fn strange_questions_are_no_questions_and_doubled_ones_are_refused() {
    let house = House::open();
    let (mut wang, _) = scene(&house);
    let notes = house.application("notes").id;
    assert!(sids_in(&shows(&house, &mut wang, "?kind=toaster&idle=-1&by=%3Cb%3E")).len() >= 4);
    let none = shows(&house, &mut wang, "?q=%3Cscript%3E%E2%80%AE&kind=chat");
    assert!(sids_in(&none).is_empty() && !none.contains("<script>\u{202e}"));
    for query in ["?kind=phone&kind=desk", "?after=x", "?q=a&q=b"] {
        let answer = wang.opens(&house.at("", &format!("/console/applications/{notes}/sessions{query}")));
        assert_eq!(answer.status, 400, "{query}");
    }
}

#[test]
fn a_page_looks_at_so_many_sessions_and_says_where_it_stopped() {
    let house = House::open();
    let (mut wang, _) = scene(&house);
    let notes = house.application("notes").id;
    // Twice as many as one page looks at, all on computers; the telephones of the scene lie behind them.
    enter(&house, &vec![(house.person("lilei").id, "10.0.3.24", DESK); 2 * LOOKED_AT as usize]);
    let page_before = |before: Option<Seq>| {
        let wanted = Wanted { kind: Some(DeviceKind::Phone), before, ..Wanted::default() };
        ledger::page(&house.state, notes, house.pool, &wanted).unwrap()
    };
    let mut page = page_before(None);
    assert!(page.rows.is_empty() && page.tired, "{} rows", page.rows.len());
    let mut pages = 1;
    while page.next.is_some() {
        page = page_before(page.next);
        pages += 1;
    }
    assert_eq!((page.rows.len(), pages), (2, 3));
    let page = shows(&house, &mut wang, "?kind=phone");
    assert!(page.contains("5,000") && page.contains("after="), "the page says how far it looked");
}
