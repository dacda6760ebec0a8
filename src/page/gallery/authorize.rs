//! Between an application's authorization request and its answer.

use maud::Markup;

use super::people::{Stage, hostile};
use crate::domain::oauth::Scope;
use crate::domain::redirect::Differs;
use crate::domain::user::Role;
use crate::page::authorize::{
    AskView, AuthorizeErrorView, FormPostView, WebMessageView, ask, check_session, form_post_by_hand, refused,
    web_message,
};
use crate::page::frame::{Frame, Person};
use crate::page::login::AppFace;
use crate::page::logout::Refused;
use crate::page::words::Rule;

pub(super) fn pages(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let mut pages = questions(stage);
    pages.extend(answers(stage));
    pages.extend(refusals(stage));
    pages
}

fn questions(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = Frame { path: "/oidc/auth?prompt=consent", ..stage.person() };
    let view = AskView {
        action: "/oidc/auth/answer",
        request: "opaque",
        application: AppFace { name: &stage.applications[0], identifier: "notes" },
        scopes: &[Scope::OpenId, Scope::Profile, Scope::Email, Scope::Phone, Scope::OfflineAccess],
        other_account: "/oidc/auth?prompt=login",
        choose: false,
    };
    let long = hostile();
    let strange = AppFace { name: &long, identifier: "x" };
    let stranger = Frame { who: Some(Person { name: &long, identifier: &long, role: Role::Person }), ..frame };
    let choose = AskView { choose: true, scopes: &[], ..view };
    vec![
        ("ask-consent", ask(&frame, &view)),
        ("ask-account", ask(&frame, &choose)),
        ("ask-hostile", ask(&stranger, &AskView { application: strange, ..view })),
        ("ask-account-hostile", ask(&stranger, &AskView { application: strange, ..choose })),
    ]
}

fn answers(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let frame = stage.person();
    let fields = [
        ("code", "SplxlOBeZQQYbYS6WxSbIA"),
        ("state", "\"><script>alert(1)</script>"),
        ("iss", "https://acme.example"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let application = AppFace { name: &stage.applications[0], identifier: "notes" };
    let post = FormPostView { action: "https://notes.acme.lan/callback", fields: &fields, application };
    let message =
        WebMessageView { origin: "https://notes.acme.lan", response_json: r#"{"code":"Splx","state":"</script>"}"# };
    vec![
        ("answer-form-post", form_post_by_hand(&frame, &post)),
        ("answer-web-message", web_message(&frame, &message)),
        ("answer-check-session", check_session(&frame)),
    ]
}

fn refusals(stage: &Stage) -> Vec<(&'static str, Markup)> {
    let (stranger, dev) = (stage.stranger(), Frame { dev: true, ..stage.stranger() });
    let unknown = AuthorizeErrorView {
        code: "invalid_request",
        description: "client_id names no application",
        request_id: "req_9f27c1d04b",
        ..AuthorizeErrorView::default()
    };
    let address = Refused {
        address: "https://notes-acme.example.net/callback",
        rule: Rule::Differs(Differs::Host).sentence(stage.lang),
        developer: None,
    };
    let known = AuthorizeErrorView {
        description: "redirect_uri is not registered",
        application: Some(AppFace { name: &stage.applications[0], identifier: "notes" }),
        refused: Some(address),
        settings: Some("/console/applications/a"),
        ..unknown
    };
    let near = Refused { developer: Some(("https://notes.acme.example/callback", 13)), ..address };
    let long = hostile();
    let strange = AuthorizeErrorView {
        application: Some(AppFace { name: &long, identifier: "x" }),
        refused: Some(Refused { address: &long, ..address }),
        ..known
    };
    vec![
        ("refused-client", refused(&stranger, &unknown)),
        ("refused-address", refused(&stranger, &known)),
        ("refused-address-dev", refused(&dev, &AuthorizeErrorView { refused: Some(near), ..known })),
        ("refused-hostile", refused(&dev, &strange)),
    ]
}
