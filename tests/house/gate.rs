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
