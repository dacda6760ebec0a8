//! From written tables to types: every value by the type of its domain, and nothing twice.

use std::collections::HashMap;
use std::fmt::Display;

use toml::Spanned;
use url::Url;

use super::shape::{RawAccessKey, RawApplication, RawFile, RawPool, RawUser, Text};
use super::{
    AccessKeyOwner, Credential, Seed, SeedAccessKey, SeedApplication, SeedError, SeedPool, SeedSecret, SeedUser,
};
use crate::config::error::line_of;
use crate::domain::application::Protocol;
use crate::domain::contact::{DisplayName, Email, LoginName, Password, Phone, Username};
use crate::domain::id::UserId;
use crate::domain::identifier::Identifier;
use crate::domain::oauth::{AuthMethod, GrantType, ResponseType, TokenAlg};
use crate::domain::redirect::RedirectEntry;
use crate::domain::user::Role;

/// A reading of one file: its text, to tell lines, and what was seen already.
pub(super) struct Reading<'a> {
    text: &'a str,
    seen: HashMap<(&'static str, usize, String), usize>,
    pool: usize,
}

type Read<T> = Result<T, SeedError>;

impl<'a> Reading<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, seen: HashMap::new(), pool: 0 }
    }

    /// Puts the tables of the top level into the first pool and reads all pools.
    pub(super) fn file(mut self, raw: RawFile) -> Read<Seed> {
        let RawFile { pool, applications, users, access_keys, pools } = raw;
        let mut seed = Seed::default();
        if pool.is_some() || !(applications.is_empty() && users.is_empty() && access_keys.is_empty()) {
            let mut first = pool.map(Spanned::into_inner).unwrap_or_default();
            first.applications.extend(applications);
            first.users.extend(users);
            first.access_keys.extend(access_keys);
            seed.pools.push(self.pool(first)?);
        }
        for pool in pools {
            let line = self.line(&pool);
            let pool = pool.into_inner();
            if pool.name.is_none() && pool.id.is_none() {
                return Err(SeedError::Invalid {
                    line,
                    key: "pools",
                    why: "a further pool has a name or an id".into(),
                });
            }
            let pool = self.pool(pool)?;
            seed.pools.push(pool);
        }
        Ok(seed)
    }

    fn pool(&mut self, raw: RawPool) -> Read<SeedPool> {
        self.pool += 1;
        let pool = SeedPool {
            id: self.unique_id("pool id", raw.id.as_ref(), str::parse)?,
            name: self.parsed("name", raw.name.as_ref(), DisplayName::parse)?,
            secret: self.parsed("secret", raw.secret.as_ref(), SeedSecret::parse)?,
            applications: raw.applications.into_iter().map(|a| self.application(&a)).collect::<Read<_>>()?,
            users: raw.users.into_iter().map(|u| self.user(&u)).collect::<Read<_>>()?,
            access_keys: raw.access_keys.into_iter().map(|k| self.access_key(&k)).collect::<Read<_>>()?,
        };
        Ok(pool)
    }

    fn application(&mut self, table: &Spanned<RawApplication>) -> Read<SeedApplication> {
        let raw = table.get_ref();
        let id = self.unique_id("application id", raw.id.as_ref(), str::parse)?;
        let written = self.required("identifier", raw.identifier.as_ref(), table)?;
        let identifier = self.value("identifier", written, Identifier::parse)?;
        // Hosts are shared by all pools.
        self.once("identifier", 0, identifier.as_str(), written)?;
        let default = raw.default.as_ref().is_some_and(|default| *default.get_ref());
        if let (true, Some(place)) = (default, &raw.default) {
            self.once("default application", self.pool, "", place)?;
        }
        let name = match &raw.name {
            Some(name) => self.value("name", name, DisplayName::parse)?,
            None => self.value("identifier", written, DisplayName::parse)?,
        };
        Ok(SeedApplication {
            id,
            identifier,
            name,
            secret: self.parsed("secret", raw.secret.as_ref(), SeedSecret::parse)?,
            redirect_uris: self.each("redirect_uris", &raw.redirect_uris, RedirectEntry::parse)?,
            logout_redirect_uris: self.each("logout_redirect_uris", &raw.logout_redirect_uris, RedirectEntry::parse)?,
            protocol: self.protocol(raw)?,
            default,
        })
    }

    fn protocol(&self, raw: &RawApplication) -> Read<Protocol> {
        let default = Protocol::default();
        let url = |name, text: &Option<Text>| Ok(self.parsed(name, text.as_ref(), plain_url)?.map(String::from));
        Ok(Protocol {
            backchannel_logout_uri: url("backchannel_logout_uri", &raw.backchannel_logout_uri)?,
            backchannel_session_required: raw.backchannel_logout_session_required,
            frontchannel_logout_uri: url("frontchannel_logout_uri", &raw.frontchannel_logout_uri)?,
            frontchannel_session_required: raw.frontchannel_logout_session_required,
            grant_types: match &raw.grant_types {
                None => default.grant_types,
                Some(grants) => self.each("grant_types", grants, one_of(GrantType::ALL, GrantType::as_str))?,
            },
            response_types: match &raw.response_types {
                None => default.response_types,
                Some(types) => self.each("response_types", types, one_of(ResponseType::ALL, ResponseType::as_str))?,
            },
            auth_method: self
                .parsed(
                    "token_endpoint_auth_method",
                    raw.token_endpoint_auth_method.as_ref(),
                    one_of(AuthMethod::ALL, AuthMethod::as_str),
                )?
                .unwrap_or(default.auth_method),
            id_token_alg: self
                .parsed(
                    "id_token_signed_response_alg",
                    raw.id_token_signed_response_alg.as_ref(),
                    one_of(TokenAlg::ALL, TokenAlg::as_str),
                )?
                .unwrap_or(default.id_token_alg),
            jwks: self.parsed("jwks", raw.jwks.as_ref(), |text: &str| Ok::<_, String>(text.to_owned()))?,
            tokens_outlive_logout: raw.tokens_outlive_logout,
            self_registration: raw.self_registration,
        })
    }

    /// `role`, or in the older way `admin`; a file that states both must mean the same.
    fn role(&self, raw: &RawUser) -> Read<Option<Role>> {
        let admin = raw.admin.map(|admin| if admin { Role::Admin } else { Role::Person });
        let known = |word: &str| Role::parse(word).ok_or("person, auditor or admin");
        let role = self.parsed("role", raw.role.as_ref(), |word: &str| {
            known(word)
                .and_then(|role| if admin.is_none_or(|a| a == role) { Ok(role) } else { Err("admin says otherwise") })
        })?;
        Ok(role.or(admin))
    }

    fn user(&mut self, table: &Spanned<RawUser>) -> Read<SeedUser> {
        let raw = table.get_ref();
        let user = SeedUser {
            id: self.unique_id("user id", raw.id.as_ref(), str::parse)?,
            username: self.parsed("username", raw.username.as_ref(), Username::parse)?,
            name: self.parsed("name", raw.name.as_ref(), DisplayName::parse)?,
            email: self.parsed("email", raw.email.as_ref(), Email::parse)?,
            phone: self.parsed("phone", raw.phone.as_ref(), Phone::parse)?,
            credential: self.credential(raw)?,
            role: self.role(raw)?,
            disabled: raw.disabled,
        };
        let names = [
            ("username", user.username.as_ref().map(Username::key), &raw.username),
            ("email", user.email.as_ref().map(Email::key), &raw.email),
            ("phone", user.phone.as_ref().map(Phone::key), &raw.phone),
        ];
        if names.iter().all(|(_, key, _)| key.is_none()) {
            let why = "a user has a username, an email or a phone to log in with".to_owned();
            return Err(SeedError::Invalid { line: self.line(table), key: "users", why });
        }
        for (what, key, written) in names {
            if let (Some(key), Some(written)) = (key, written) {
                self.once(what, self.pool, &key, written)?;
            }
        }
        Ok(user)
    }

    fn credential(&self, raw: &RawUser) -> Read<Option<Credential>> {
        match (&raw.password, &raw.password_hash) {
            (None, None) => Ok(None),
            (Some(password), None) => {
                self.value("password", password, Password::parse).map(Credential::Password).map(Some)
            }
            (None, Some(hash)) => self.value("password_hash", hash, phc).map(Credential::Hash).map(Some),
            (Some(_), Some(hash)) => {
                let why = "a user has a password or its hash, not both".to_owned();
                Err(SeedError::Invalid { line: self.line(hash), key: "password_hash", why })
            }
        }
    }

    fn access_key(&mut self, table: &Spanned<RawAccessKey>) -> Read<SeedAccessKey> {
        let raw = table.get_ref();
        let written = self.required("id", raw.id.as_ref(), table)?;
        let id = self.value("id", written, str::parse)?;
        self.once("access key id", 0, written.get_ref(), written)?;
        let secret = self.required("secret", raw.secret.as_ref(), table)?;
        let secret = self.value("secret", secret, SeedSecret::parse)?;
        let user = raw.user.as_ref().map(|user| owner(user.get_ref()));
        Ok(SeedAccessKey { id, secret, user })
    }

    fn line<T>(&self, at: &Spanned<T>) -> usize {
        line_of(self.text, at.span().start)
    }

    fn value<T, E: Display>(&self, key: &'static str, text: &Text, parse: impl Fn(&str) -> Result<T, E>) -> Read<T> {
        parse(text.get_ref()).map_err(|e| SeedError::Invalid { line: self.line(text), key, why: e.to_string() })
    }

    fn parsed<T, E: Display>(
        &self,
        key: &'static str,
        text: Option<&Text>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Read<Option<T>> {
        text.map(|text| self.value(key, text, parse)).transpose()
    }

    fn each<T, E: Display>(
        &self,
        key: &'static str,
        texts: &[Text],
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Read<Vec<T>> {
        texts.iter().map(|text| self.value(key, text, &parse)).collect()
    }

    fn required<'t, T>(&self, key: &'static str, text: Option<&'t Text>, table: &Spanned<T>) -> Read<&'t Text> {
        text.ok_or_else(|| SeedError::Invalid { line: self.line(table), key, why: "is missing".to_owned() })
    }

    /// An id, which no other pool of the file may repeat.
    fn unique_id<T, E: Display>(
        &mut self,
        what: &'static str,
        text: Option<&Text>,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Read<Option<T>> {
        let Some(text) = text else { return Ok(None) };
        let id = self.value("id", text, parse)?;
        self.once(what, 0, text.get_ref(), text)?;
        Ok(Some(id))
    }

    /// Refuses what was seen already within `pool`; 0 stands for the whole file.
    fn once<T>(&mut self, key: &'static str, pool: usize, value: &str, at: &Spanned<T>) -> Read<()> {
        let line = self.line(at);
        match self.seen.insert((key, pool, value.to_owned()), line) {
            Some(first) => Err(SeedError::Duplicate { line, key, first }),
            None => Ok(()),
        }
    }
}

fn owner(text: &str) -> AccessKeyOwner {
    UserId::parse(text).map_or_else(|_| AccessKeyOwner::Name(LoginName::parse(text)), AccessKeyOwner::Id)
}

/// An address that is called, not compared: the same safety, and no wildcards.
fn plain_url(text: &str) -> Result<Url, String> {
    let entry = RedirectEntry::parse(text).map_err(|refused| refused.to_string())?;
    if !entry.is_plain() {
        return Err("the address is called as it is, so it has no star".to_owned());
    }
    Url::parse(entry.as_str()).map_err(|error| error.to_string())
}

/// The PHC form of an argon2id hash: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
fn phc(text: &str) -> Result<String, &'static str> {
    let parts: Vec<&str> = text.split('$').collect();
    let base64 = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/".contains(&b));
    let cost = |part: &str| ["m=", "t=", "p="].iter().zip(part.split(',')).all(|(name, cost)| cost.starts_with(name));
    match parts.as_slice() {
        ["", "argon2id", "v=19", costs, salt, hash]
            if costs.split(',').count() == 3 && cost(costs) && base64(salt) && base64(hash) && text.len() <= 512 =>
        {
            Ok(text.to_owned())
        }
        _ => Err("a hash has the form $argon2id$v=19$m=…,t=…,p=…$salt$hash"),
    }
}

/// One of the words of an enum.
fn one_of<T: Copy>(known: &'static [T], word: fn(T) -> &'static str) -> impl Fn(&str) -> Result<T, String> {
    move |text| {
        let found = known.iter().copied().find(|one| word(*one) == text);
        found.ok_or_else(|| format!("one of {}", known.iter().map(|one| word(*one)).collect::<Vec<_>>().join(", ")))
    }
}
