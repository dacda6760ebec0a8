//! A browser: one cookie jar for each host, the headers a browser of today sends, and gestures.

use std::collections::BTreeMap;

use url::Url;

use super::PASSWORD;
use super::wire::{self, Answer};

/// How a page load began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// Typed into the address bar.
    Typed,
    /// By a page of the house.
    Here,
    /// By a page of somebody else.
    Elsewhere,
}

/// See the head of this file. A clone is a thief's copy: the same cookies, from then on apart.
#[derive(Debug, Clone)]
pub struct Browser {
    port: u16,
    pub jar: BTreeMap<String, BTreeMap<String, String>>,
    pub agent: String,
    /// Where the last page came from, and the page.
    pub at: String,
    pub page: Answer,
}

impl Browser {
    pub fn new(port: u16) -> Self {
        let agent =
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
        Self { port, jar: BTreeMap::new(), agent: agent.to_owned(), at: String::new(), page: Answer::default() }
    }

    fn full(&self, url: &str) -> Url {
        let base = if self.at.is_empty() { format!("http://localhost:{}/", self.port) } else { self.at.clone() };
        Url::parse(&base).unwrap().join(url).unwrap_or_else(|e| panic!("{e}: {url}"))
    }

    /// One request with the cookies of its host; cookies that come back are kept.
    pub fn sends(&mut self, method: &str, url: &str, headers: &[(&str, &str)], body: Option<&str>) -> Answer {
        let url = self.full(url);
        let host = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str().unwrap()),
            None => url.host_str().unwrap().to_owned(),
        };
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let cookies = self.jar.get(&host).map(|jar| jar.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>());
        let cookies = cookies.filter(|list| !list.is_empty()).map(|list| list.join("; "));
        let agent = self.agent.clone();
        let mut all = vec![("User-Agent", agent.as_str())];
        if let Some(cookies) = &cookies {
            all.push(("Cookie", cookies));
        }
        all.extend_from_slice(headers);
        let answer = wire::request(self.port, &host, (method, &path), &all, body.map(str::as_bytes));
        let jar = self.jar.entry(host).or_default();
        for line in answer.all("set-cookie") {
            let (pair, rest) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() || rest.contains("Max-Age=0") {
                jar.remove(name);
            } else {
                jar.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// A page load, without following where it leads.
    pub fn loads(&mut self, url: &str, started: Started) -> Answer {
        let site = match started {
            Started::Typed => "none",
            Started::Here => "same-origin",
            Started::Elsewhere => "cross-site",
        };
        let headers = [
            ("Accept", "text/html,application/xhtml+xml"),
            ("Accept-Language", "en"),
            ("Sec-Fetch-Site", site),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document"),
        ];
        let answer = self.sends("GET", url, &headers, None);
        self.at = self.full(url).into();
        self.page = answer.clone();
        answer
    }

    /// Types an address and follows wherever the house leads; stops at the door to somebody else's.
    pub fn opens(&mut self, url: &str) -> Answer {
        let answer = self.loads(url, Started::Typed);
        self.follows(answer, Started::Typed)
    }

    /// Follows a link of another site.
    pub fn comes_from_elsewhere(&mut self, url: &str) -> Answer {
        let answer = self.loads(url, Started::Elsewhere);
        self.follows(answer, Started::Elsewhere)
    }

    /// Follows redirects within the house.
    pub fn follows(&mut self, answer: Answer, started: Started) -> Answer {
        let mut answer = answer;
        for _ in 0..12 {
            if !(300..400).contains(&answer.status) {
                return answer;
            }
            let to = self.full(answer.location());
            let ours = to.port() == Some(self.port)
                && to.host_str().is_some_and(|h| h == "localhost" || h.ends_with(".localhost"));
            if !ours {
                return answer;
            }
            let left = self.full("").host_str() != to.host_str() && started == Started::Here;
            answer = self.loads(to.as_str(), if left { Started::Elsewhere } else { started });
        }
        panic!("a circle of redirects at {}", self.at);
    }

    /// Something of another site, or a prefetch, asks for an address: no page load.
    pub fn fetches(&mut self, url: &str, headers: &[(&str, &str)]) -> Answer {
        self.sends("GET", url, headers, None)
    }

    /// Posts a form as a page of the house does, without following.
    pub fn posts(&mut self, url: &str, fields: &[(&str, &str)]) -> Answer {
        let origin = self.full(url).origin().ascii_serialization();
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded"),
            ("Accept-Language", "en"),
            ("Origin", origin.as_str()),
            ("Sec-Fetch-Site", "same-origin"),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document"),
        ];
        self.sends("POST", url, &headers, Some(&encoded(fields)))
    }

    /// Fills in the form of the present page that is posted to `action`, and sends it off, without following.
    #[track_caller]
    pub fn submits(&mut self, action: &str, typed: &[(&str, &str)]) -> Answer {
        let form = Form::find(&self.page.text(), action)
            .unwrap_or_else(|| panic!("no form to {action} at {} {}", self.at, self.page.text()));
        let mut fields = form.fields;
        fields.retain(|(name, _)| !typed.iter().any(|(n, _)| n == name));
        let mut all: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        all.extend_from_slice(typed);
        let answer = self.posts(&form.action, &all);
        self.at = self.full(&form.action).into();
        self.page = answer.clone();
        answer
    }

    /// The hidden value of the present page.
    #[track_caller]
    pub fn csrf(&self) -> String {
        hidden(&self.page.text(), "csrf").unwrap_or_else(|| panic!("no hidden value at {}", self.at))
    }

    /// Opens a page of the base host and takes its hidden value.
    #[track_caller]
    pub fn csrf_of(&mut self, url: &str) -> String {
        self.opens(url);
        self.csrf()
    }

    /// Logs in at the base host.
    #[track_caller]
    pub fn logs_in(&mut self, name: &str) {
        self.logs_in_at(&format!("http://localhost:{}", self.port), name, PASSWORD);
        assert!(self.is_in(""), "{name} is not in");
    }

    /// Logs in at a host by its log-in page and goes on to wherever that leads.
    #[track_caller]
    pub fn logs_in_at(&mut self, origin: &str, name: &str, password: &str) -> Answer {
        self.opens(&format!("{origin}/login"));
        self.types_in(name, password)
    }

    /// Fills in the log-in form before the person.
    #[track_caller]
    pub fn types_in(&mut self, name: &str, password: &str) -> Answer {
        let answer = self.submits("/login", &[("account", name), ("password", password)]);
        self.follows(answer, Started::Here)
    }

    /// Whether the house knows this browser at a host.
    pub fn is_in(&mut self, identifier: &str) -> bool {
        let host = match identifier {
            "" => format!("localhost:{}", self.port),
            label => format!("{label}.localhost:{}", self.port),
        };
        let answer = self.sends("GET", &format!("http://{host}/api/v1/session"), &[], None);
        match answer.status {
            200 => true,
            401 => false,
            other => panic!("{other}: {}", answer.text()),
        }
    }

    /// The session secret the browser holds at a host.
    pub fn secret(&self, identifier: &str) -> Option<String> {
        let host = match identifier {
            "" => format!("localhost:{}", self.port),
            label => format!("{label}.localhost:{}", self.port),
        };
        self.jar.get(&host)?.get("exeunt").cloned()
    }

    /// Opens the personal center and presses *log out*; answers the answer to that press.
    #[track_caller]
    pub fn logs_out(&mut self) -> Answer {
        self.opens(&format!("http://localhost:{}/u", self.port));
        self.submits("/u/logout", &[])
    }
}

/// Form fields as a browser writes them.
pub fn encoded(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A form of a page.
#[derive(Debug)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let begin = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = tag[begin..].split('"').next()?;
    Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
}

impl Form {
    /// The first form whose action begins with `action`, with its hidden and checked fields.
    pub fn find(html: &str, action: &str) -> Option<Self> {
        html.split("<form").skip(1).find_map(|part| {
            let part = part.split("</form>").next()?;
            let tag = part.split('>').next()?;
            let to = attribute(tag, "action")?;
            let matches = to == action || to.strip_prefix(action).is_some_and(|rest| rest.starts_with('?'));
            matches.then(|| Self { action: to, fields: fields(part) })
        })
    }
}

fn fields(part: &str) -> Vec<(String, String)> {
    part.split("<input")
        .skip(1)
        .filter_map(|input| {
            let tag = input.split('>').next()?;
            let kind = attribute(tag, "type").unwrap_or_default();
            let sent = kind == "hidden" || (matches!(kind.as_str(), "radio" | "checkbox") && tag.contains(" checked"));
            sent.then(|| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))?
        })
        .collect()
}

/// The value of a hidden field.
pub fn hidden(html: &str, name: &str) -> Option<String> {
    html.split("<input").skip(1).find_map(|input| {
        let tag = input.split('>').next()?;
        (attribute(tag, "name").as_deref() == Some(name)).then(|| attribute(tag, "value"))?
    })
}
