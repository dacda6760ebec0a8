//! The log-in page: where it says that one returns to, the buttons of the demo, whom it names.

use exeunt::config::Stroller;

use crate::support::{House, PASSWORD};

#[test]
fn the_log_in_page_names_the_host_that_one_returns_to() {
    let house = House::open();
    let mut lilei = house.browser();
    let query = format!(
        "client_id={}&redirect_uri=http%3A%2F%2Fnotes.example%2Fcallback&response_type=code&scope=openid&state=x",
        house.application("notes").id
    );
    let page = lilei.opens(&house.at("", &format!("/oidc/auth?{query}")));
    assert!(page.text().contains("You will return to <b><bdi>notes.example</bdi>"), "{}", page.text());
    // Whatever a link says, only a registered address is named.
    for next in [
        "/oidc/auth?redirect_uri=https%3A%2F%2Fbank.example%2F",
        "/oidc/auth?redirect_uri=http%3A%2F%2Fnotes.example%2Fcallback&redirect_uri=https%3A%2F%2Fbank.example%2F",
        "https://bank.example/",
    ] {
        let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        let page = lilei.opens(&house.at("", &format!("/login?next={next}"))).text();
        assert!(page.contains(&format!("<b><bdi>{}</bdi>", house.host(""))), "{page}");
    }
}

#[test]
fn a_log_in_address_that_is_not_registered_says_why_and_where_it_would_be() {
    let house = House::open();
    let notes = house.application("notes").id;
    let query = format!("client_id={notes}&redirect_uri=https%3A%2F%2Fnotes.example%2Fcallback&response_type=code");
    let page = house.browser().opens(&house.at("", &format!("/oidc/auth?{query}"))).text();
    assert!(page.contains("Its scheme differs from the registered one: http is not https."), "{page}");
    assert!(page.contains(&format!("<a href=\"/console/applications/{notes}\">Open this application")), "{page}");
}

#[test]
fn on_the_way_to_a_room_of_the_house_no_application_is_named() {
    let house = House::open();
    for (asked, heading) in [
        ("/console", "Log in to the console"),
        ("/console/users?after=1", "Log in to the console"),
        ("/u", "Log in to your personal center"),
        ("/u/devices", "Log in to your personal center"),
    ] {
        let page = house.browser().opens(&house.at("", asked)).text();
        assert!(page.contains(&format!("<h1>{heading}</h1>")), "{asked} {page}");
        assert!(!page.contains("NOTES"), "{asked} {page}");
    }
    let page = house.browser().opens(&house.at("", "/login")).text();
    assert!(page.contains("<h1>Log in to NOTES</h1>") && page.contains("NOTES never sees it"), "{page}");
}

#[test]
fn whom_to_ask_about_a_forgotten_password_is_said_before_anything_fails() {
    let house = House::open();
    let page = house.browser().opens(&house.at("", "/login")).text();
    assert!(page.contains("Forgot your password? Ask an administrator"), "{page}");
}

#[test]
fn who_may_enter_the_console_is_led_back_there_from_a_page_that_does_not_exist() {
    let house = House::open();
    let (mut wang, mut lilei) = (house.lets_in("wang"), house.lets_in("lilei"));
    let back = "<a href=\"/console\">Back to the console</a>";
    let lost = wang.opens(&house.at("", "/console/nowhere"));
    assert!(lost.status == 404 && lost.text().contains(back), "{}", lost.text());
    assert!(!wang.opens(&house.at("", "/nowhere")).text().contains(back));
    assert!(!lilei.opens(&house.at("", "/console/nowhere")).text().contains(back));
}

#[test]
fn who_was_kicked_is_told_whom_to_ask() {
    let house = House::open();
    let page = house.browser().opens(&house.at("", "/signed-out?reason=kicked")).text();
    assert!(page.contains("Not expected? Ask an administrator."), "{page}");
    let deed = page.split("class=\"deed\"").nth(1).expect("what to do");
    assert!(deed.contains("What you can do") && deed.contains("Ask an administrator"), "{page}");
}

#[test]
fn one_press_logs_in_as_somebody_of_the_demo_and_as_nobody_else() {
    let house = House::with(|config| {
        config.strollers = vec![Stroller { username: "lilei", name: "Li Lei", password: PASSWORD }];
    });
    let mut visitor = house.browser();
    visitor.opens(&house.at("", "/login"));
    assert!(!visitor.page.text().contains(PASSWORD), "the password stands on no page");
    let wrong = visitor.submits("/login", &[("as", "wang"), ("account", ""), ("password", "")]);
    assert_eq!(wrong.status, 422);
    let answer = visitor.submits("/login", &[("as", "lilei"), ("account", ""), ("password", "")]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(visitor.is_in(""));
    // A house that is no demo knows no such button.
    let house = House::open();
    let mut visitor = house.browser();
    visitor.opens(&house.at("", "/login"));
    assert!(!visitor.page.text().contains("name=\"as\""));
    assert_eq!(visitor.submits("/login", &[("as", "lilei"), ("account", ""), ("password", "")]).status, 422);
}
