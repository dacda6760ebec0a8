//! `/console/settings`: the settings of the pool, its picture.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};

use super::desk::{Desk, desk, desk_post, sure};
use crate::config::Origin as Source;
use crate::domain::clock::Timestamp;
use crate::domain::look::Colour;
use crate::domain::user::UserStatus;
use crate::flow::backup;
use crate::flow::error::{FieldRefused, FlowError};
use crate::flow::settings::{self, Kept, Picture, SettingsForm};
use crate::page::console::{self as page, Grave, KeeperRow, Lifetime, Outcome, SettingsField, SettingsView, Stated};
use crate::page::words::FieldProblem;
use crate::web::error::{Answer, Refusal};
use crate::web::flash::{self, Flash};
use crate::web::view;
use crate::web::visit::off_thread;

const HOME: &str = "/console/settings";

/// `GET /console/settings`.
pub async fn show(request: HttpRequest) -> Answer {
    let desk = desk!(&request);
    let kept = read(&desk).await?;
    let outcome = if desk.visit.flash.is_some() { Outcome::Saved } else { Outcome::Opened };
    Ok(draw(&desk, &kept, &kept.form, Shown { outcome, ..Shown::default() }))
}

async fn read(desk: &Desk) -> Result<Kept, Refusal> {
    let (state, pool) = (desk.visit.state.clone(), desk.pool);
    off_thread(move || settings::read(&state, pool)).await
}

/// What there is to say about a form.
#[derive(Default)]
struct Shown<'a> {
    refused: &'a [FieldRefused],
    outcome: Outcome,
}

fn draw(desk: &Desk, kept: &Kept, form: &SettingsForm, about: Shown) -> HttpResponse {
    let (state, directory) = (&desk.visit.state, desk.visit.state.directory().clone());
    let (config, lifetimes) = (&state.config, state.lifetimes());
    let (idle, absolute) = settings::stated(config);
    let lifetime = |hours: &String, ms: i64, source: Option<&Source>| Lifetime {
        hours: hours.clone(),
        default_hours: u32::try_from(ms / 3_600_000).unwrap_or(u32::MAX),
        stated: source.map(stated),
    };
    let theirs = match about.outcome {
        Outcome::Stale => differences(&kept.form, form),
        Outcome::Opened | Outcome::Saved | Outcome::Preview => Vec::new(),
    };
    let (address, facts) = (desk.visit.from().ip, diagnostics(desk, kept));
    let shown = SettingsView {
        name: &form.name,
        contact: &form.contact,
        accent: &form.accent,
        idle: lifetime(&form.idle_hours, lifetimes.idle_ms, idle),
        absolute: lifetime(&form.absolute_hours, lifetimes.absolute_ms, absolute),
        seen: &kept.mark,
        problems: about.refused.iter().filter_map(|refused| problem(refused, form)).collect(),
        outcome: about.outcome,
        theirs,
        logo: directory.pool(desk.pool).and_then(|pool| pool.logo.as_ref()).map(|logo| logo.href.as_str()),
        keepers: kept.keepers.iter().map(keeper).collect(),
        keys: view::count(kept.keys),
        address: &address,
        proxies: config.trusted_proxies.iter().map(ToString::to_string).collect(),
        strange_proxy: desk.visit.has_strange_proxy(),
        diagnostics: &facts,
    };
    let drawn = |frame: &crate::page::Frame<'_>, rail: &page::Rail| page::settings(frame, rail, &shown);
    if about.refused.is_empty() && about.outcome != Outcome::Stale { desk.page(drawn) } else { desk.again(drawn) }
}

fn stated(source: &Source) -> Stated {
    match source {
        Source::Environment(name) => Stated::Environment(name.clone()),
        Source::File(_) => Stated::File,
        Source::Flag | Source::Default => Stated::Flag,
    }
}

fn keeper(keeper: &settings::Keeper) -> KeeperRow {
    KeeperRow {
        id: keeper.id,
        name: keeper.name.clone(),
        identifier: keeper.identifier.clone(),
        role: keeper.role,
        enabled: keeper.status == UserStatus::Activated,
    }
}

/// Fields in which what is kept differs from what was typed.
fn differences(kept: &SettingsForm, typed: &SettingsForm) -> Vec<(SettingsField, String)> {
    let all = |form: &SettingsForm| {
        [&form.name, &form.contact, &form.accent, &form.idle_hours, &form.absolute_hours].map(String::clone)
    };
    let pairs = SettingsField::ALL.into_iter().zip(all(kept).into_iter().zip(all(typed)));
    pairs.filter(|(_, (kept, typed))| kept != typed.trim()).map(|(field, (kept, _))| (field, kept)).collect()
}

fn problem(refused: &FieldRefused, form: &SettingsForm) -> Option<(SettingsField, FieldProblem)> {
    let field = SettingsField::ALL.into_iter().chain([SettingsField::Logo]).find(|f| f.as_str() == refused.field)?;
    let problem = match refused.code {
        "missing" => FieldProblem::Missing,
        "too_long" | "name_length" => FieldProblem::TooLong(200),
        "no_colour" => FieldProblem::NotAColour,
        "faint" => {
            let tenths = Colour::parse(&form.accent).map_or(0.0, Colour::on_paper) * 10.0;
            // Rounded down: 4.49 is not 4.5.
            FieldProblem::Faint((1..=210).rev().find(|n| f64::from(*n) <= tenths).unwrap_or(10))
        }
        "no_hours" => FieldProblem::NotHours,
        "longer_than_absolute" => FieldProblem::IdleTooLong,
        "no_picture" => FieldProblem::NotAPicture,
        "picture_too_large" => FieldProblem::PictureTooLarge,
        _ => FieldProblem::BadCharacters,
    };
    Some((field, problem))
}

/// What one quotes when something does not work. No name, no path, no secret.
fn diagnostics(desk: &Desk, kept: &Kept) -> String {
    let (state, place) = (&desk.visit.state, &desk.visit.place);
    let config = &state.config;
    let backup = backup::last(&config.data_dir);
    let yes = |yes: bool| if yes { "yes" } else { "no" };
    let lines = [
        ("exeunt", env!("CARGO_PKG_VERSION").to_owned()),
        ("schema", kept.schema.to_string()),
        ("sqlite", kept.sqlite.to_owned()),
        ("database_bytes", kept.octets.to_string()),
        ("last_backup", backup.map_or("never".to_owned(), Timestamp::iso)),
        ("platform", format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)),
        ("started", state.since.iso()),
        ("now", state.now().iso()),
        ("base", place.base.clone()),
        ("public_url_set", yes(config.public_url.is_some()).to_owned()),
        ("listeners", config.listen.len().to_string()),
        ("loopback_only", yes(config.listens_on_loopback_only()).to_owned()),
        ("trusted_proxies", config.trusted_proxies.len().to_string()),
        ("workers", config.workers.to_string()),
        ("hash_threads", config.hash_threads.to_string()),
        ("applications", state.directory().of_pool(desk.pool).count().to_string()),
        ("session_idle_hours", (state.lifetimes_of(desk.pool).idle_ms / 3_600_000).to_string()),
        ("session_absolute_hours", (state.lifetimes_of(desk.pool).absolute_ms / 3_600_000).to_string()),
        ("dev", yes(config.dev).to_owned()),
    ];
    lines.map(|(name, value)| format!("{name}: {value}\n")).concat()
}

/// `POST /console/settings`: saves, or with `preview` only shows what it would look like.
pub async fn change(request: HttpRequest, mut payload: Payload) -> Answer {
    let (desk, sent) = desk_post!(&request, &mut payload);
    let typed = SettingsForm {
        name: sent.text("name")?.to_owned(),
        contact: sent.text("contact")?.to_owned(),
        accent: sent.text("accent")?.to_owned(),
        idle_hours: sent.text("idle_hours")?.to_owned(),
        absolute_hours: sent.text("absolute_hours")?.to_owned(),
    };
    let seen = sent.text("seen")?.to_owned();
    let valid = match typed.judge() {
        Ok(valid) => valid,
        Err(FlowError::Invalid(refused)) => {
            let about = Shown { refused: &refused, ..Shown::default() };
            let kept = Kept { mark: seen, ..read(&desk).await? };
            return Ok(draw(&desk, &kept, &typed, about));
        }
        Err(other) => return Err(other.into()),
    };
    if sent.ticked("preview")? {
        let kept = Kept { mark: seen, ..read(&desk).await? };
        return Ok(draw(&desk, &kept, &typed, Shown { outcome: Outcome::Preview, ..Shown::default() }));
    }
    sure!(desk, &sent, Grave::Settings, HOME);
    let (pool, origin) = (desk.pool, desk.origin());
    let changed =
        desk.visit.state.write(move |act, state| settings::change(act, state, (pool, &seen), &valid, &origin)).await;
    match changed {
        Ok(()) => Ok(flash::see_other(&desk.visit, HOME, Flash::Saved)),
        Err(FlowError::Stale) => {
            let kept = read(&desk).await?;
            Ok(draw(&desk, &kept, &typed, Shown { outcome: Outcome::Stale, ..Shown::default() }))
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /console/settings/logo`: a file; or, once more after the password was asked, its octets in hexadecimal digits.
pub async fn set_logo(request: HttpRequest, mut payload: Payload) -> Answer {
    let (desk, sent) = desk_post!(&request, &mut payload);
    let octets = sent.file("logo").unwrap_or_default().into_owned();
    let picture = match Picture::judge(octets) {
        Ok(picture) => picture,
        Err(FlowError::Invalid(refused)) => {
            let kept = read(&desk).await?;
            let about = Shown { refused: &refused, ..Shown::default() };
            return Ok(draw(&desk, &kept, &kept.form, about));
        }
        Err(other) => return Err(other.into()),
    };
    sure!(desk, &sent, Grave::Settings, HOME);
    put(&desk, Some(picture)).await
}

/// `POST /console/settings/logo/remove`.
pub async fn remove_logo(request: HttpRequest, mut payload: Payload) -> Answer {
    let (desk, sent) = desk_post!(&request, &mut payload);
    sure!(desk, &sent, Grave::Settings, HOME);
    put(&desk, None).await
}

async fn put(desk: &Desk, picture: Option<Picture>) -> Answer {
    let (pool, origin) = (desk.pool, desk.origin());
    desk.visit.state.write(move |act, state| settings::set_logo(act, state, pool, picture.as_ref(), &origin)).await?;
    Ok(flash::see_other(&desk.visit, "/console/settings#picture", Flash::Saved))
}
