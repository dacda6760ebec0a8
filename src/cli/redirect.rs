//! `exeunt check-redirect`: the verdict of the one matching rule on an address, with the reason.

use serde_json::json;
use url::Url;

use super::args::CheckRedirect;
use super::failure::Failure;
use super::{open, say, serve};
use crate::domain::redirect::{LocalPath, Refusal};
use crate::flow::error::FlowError;
use crate::flow::operator;

/// Judges an address; a refused one is exit code 1.
pub fn check(command: &CheckRedirect) -> Result<(), Failure> {
    let state = open::reading(&command.read.place)?;
    let app = match &command.app {
        Some(named) => operator::application(&state, named)?,
        None => state.directory().default_application().cloned().ok_or(FlowError::Absent("application"))?,
    };
    let list = if command.login { &app.login } else { &app.logout };
    let verdict = if command.url.starts_with('/') {
        let port = state.config.listen.first().map_or(0, std::net::SocketAddr::port);
        let own =
            Url::parse(&serve::people_origin(&state.config, port)).map_err(|error| Failure::new(error.to_string()))?;
        LocalPath::parse(&command.url, &own).map(|path| path.to_string())
    } else {
        list.allow(&command.url).map(|registered| registered.as_str().to_owned())
    };
    match verdict {
        Ok(url) if command.read.json => say::json(&json!({ "allowed": true, "url": url })),
        Ok(url) => println!("allowed  {url}"),
        Err(refusal) => return Err(refused(&refusal, command)),
    }
    Ok(())
}

fn refused(refusal: &Refusal, command: &CheckRedirect) -> Failure {
    let silent = Failure::new("");
    let asked = Url::parse(&command.url).map_or_else(|_| command.url.clone(), |url| url.to_string());
    if command.read.json {
        let closest = refusal.closest.as_ref();
        say::json(&json!({
            "allowed": false, "rule": refusal.code(), "why": refusal.to_string(),
            "closest": closest.map(|c| &c.entry), "differsAt": closest.map(|c| c.differs_at),
        }));
        return silent;
    }
    println!("refused  {}: {refusal}", refusal.code());
    if let Some(closest) = &refusal.closest {
        println!("asked    {asked}");
        println!("closest  {}", closest.entry);
        println!("         {}^ first difference, character {}", " ".repeat(closest.differs_at), closest.differs_at + 1);
    }
    silent
}
