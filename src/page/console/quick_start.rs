//! Quick start: the lines a developer pastes, with the ids of the application filled in; never its secret.

use maud::{Markup, html};

use super::application::{ApplicationFacts, crumbs, head};
use super::frame::{ApplicationTab, Rail, Room, Section, room};
use crate::page::frame::Frame;
use crate::page::parts::copy_button;

/// The page.
pub fn quick_start(frame: &Frame, rail: &Rail, facts: &ApplicationFacts) -> Markup {
    let words = &frame.words().applications;
    let main = html! {
        (head(frame, facts, ApplicationTab::QuickStart))
        div {
            p.small { (words.quick_line) }
            @if facts.proves_itself { p.small { (words.quick_secret) } }
        }
        (lines(frame, "try", (words.quick_try, words.quick_try_line), &discovery(facts)))
        (lines(frame, "sdk", (words.quick_sdk, words.quick_sdk_line), &sdk(facts)))
        (openid(frame, facts))
        (lines(frame, "leave", (words.quick_logout, words.quick_logout_line), facts.log_out))
        (lines(frame, "kick", (words.quick_kick, words.quick_kick_line), &kick(facts)))
        p { a href="/docs/authing" { (words.quick_more) } }
    };
    let crumbs = crumbs(frame, facts, Some((words.quick_start, "quick-start")));
    room(
        frame,
        rail,
        &Room { title: words.quick_start, error: false, section: Section::Applications, crumbs, slip: true, main },
    )
}

/// Lines of code with their heading and a button that copies them.
fn lines(frame: &Frame, id: &str, (heading, line): (&str, &str), code: &str) -> Markup {
    let target = format!("{id}-lines");
    html! {
        section #(id) {
            div.head { h2 { (heading) } (copy_button(frame, &target, None)) }
            p.small { (line) }
            pre.code #(target) translate="no" tabindex="0" { (code) }
        }
    }
}

/// What is still to be registered stands there as what it might be.
fn callback<'a>(facts: &ApplicationFacts<'a>) -> &'a str {
    facts.callback.unwrap_or("http://localhost:3000/callback")
}

fn bye<'a>(facts: &ApplicationFacts<'a>) -> &'a str {
    facts.bye.unwrap_or("http://localhost:3000/")
}

fn discovery(facts: &ApplicationFacts) -> String {
    format!("curl -s {}/.well-known/openid-configuration", facts.issuer())
}

fn sdk(facts: &ApplicationFacts) -> String {
    let (id, pool, origin) = (facts.id, facts.pool, facts.origin);
    let (callback, bye) = (script(callback(facts)), script(bye(facts)));
    format!(
        "// @authing/web\n\
         const authing = new Authing({{\n  \
           domain: '{origin}',\n  \
           appId: '{id}',\n  \
           userPoolId: '{pool}',\n  \
           redirectUri: {callback},\n  \
           logoutRedirectUri: {bye},\n\
         }});\n\
         await authing.loginWithRedirect();\n\
         await authing.logoutWithRedirect();\n\n\
         // authing-js-sdk\n\
         const client = new AuthenticationClient({{\n  \
           appId: '{id}',\n  \
           appHost: '{origin}',\n\
         }});\n\
         const url = client.buildLogoutUrl({{ redirectUri: {bye} }});\n"
    )
}

/// A text of a script, whatever stands in it.
fn script(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

fn kick(facts: &ApplicationFacts) -> String {
    let (base, pool, call) = (facts.base, facts.pool, facts.kick());
    format!(
        "KEY_ID=\nKEY_SECRET=\n\
         TOKEN=$(curl -s {base}/api/v3/get-management-token -H 'content-type: application/json' \\\n  \
           -d \"{{\\\"accessKeyId\\\":\\\"$KEY_ID\\\",\\\"accessKeySecret\\\":\\\"$KEY_SECRET\\\"}}\" \\\n  \
           | sed -n 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/p')\n\
         curl -s {call} \\\n  \
           -H \"authorization: Bearer $TOKEN\" -H 'x-authing-userpool-id: {pool}' \\\n  \
           -H 'content-type: application/json' -d '{{\"userIds\":[\"USER_ID\"]}}'\n"
    )
}

/// What most clients of OpenID Connect want to know.
fn openid(frame: &Frame, facts: &ApplicationFacts) -> Markup {
    let (words, protocol, directory) = (&frame.words().applications, &frame.words().protocol, &frame.words().directory);
    let mut pairs = vec![
        ("oidc-issuer", protocol.issuer, Some(facts.issuer())),
        ("oidc-id", "client_id", Some(facts.id.to_string())),
        ("oidc-callback", directory.redirect_uris, facts.callback.map(str::to_owned)),
        ("oidc-bye", directory.logout_redirect_uris, facts.bye.map(str::to_owned)),
    ];
    pairs.push(("oidc-scopes", words.quick_scopes, Some("openid profile email phone offline_access".to_owned())));
    html! {
        section #openid {
            div.head { h2 { (words.quick_oidc) } }
            p.small { (words.quick_oidc_line) }
            dl.pairs.ends {
                @for (id, label, value) in &pairs {
                    dt { (label) }
                    dd {
                        @match value {
                            Some(value) => { code #(id) { (value) } (copy_button(frame, id, None)) }
                            None => span.ochre { (words.quick_callback) },
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_never_ends_the_text_it_stands_in() {
        assert_eq!(script("https://a.example/'+alert(1)+'"), r"'https://a.example/\'+alert(1)+\''");
    }
}
