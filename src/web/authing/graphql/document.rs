//! As much of GraphQL's grammar as finds the one field that a document asks for, what it is given, and what of its answer is
//! wanted (GraphQL, October 2021, sections 2.1 to 2.10). What the field is given is resolved as section 6.4.1 has it: a program
//! may write it down in the document, or in variables of whatever names.

use serde_json::{Map, Value};

/// Deepest nesting that is read.
const DEEPEST: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Name(&'a str),
    Punctuator(char),
    Spread,
    /// As it is written.
    Number(&'a str),
    /// With its quotes.
    Text(&'a str),
}

/// Tokens of a document; `None`: it is none.
fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let (octets, mut at, mut found) = (text.as_bytes(), 0, Vec::new());
    while let Some(octet) = octets.get(at) {
        let begin = at;
        at += 1;
        match octet {
            b' ' | b'\t' | b'\n' | b'\r' | b',' | 0xef | 0xbb | 0xbf => {}
            b'#' => at += octets[at..].iter().take_while(|b| !matches!(b, b'\n' | b'\r')).count(),
            b'.' if octets[at..].starts_with(b"..") => {
                at += 2;
                found.push(Token::Spread);
            }
            b'"' => {
                at = end_of_string(octets, begin)?;
                found.push(Token::Text(&text[begin..at]));
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => {
                at += octets[at..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
                found.push(Token::Name(&text[begin..at]));
            }
            b'0'..=b'9' | b'-' => {
                at += octets[at..].iter().take_while(|b| b.is_ascii_alphanumeric() || b"+-._".contains(b)).count();
                found.push(Token::Number(&text[begin..at]));
            }
            b'!' | b'$' | b'&' | b'(' | b')' | b':' | b'=' | b'@' | b'[' | b']' | b'{' | b'|' | b'}' => {
                found.push(Token::Punctuator(char::from(*octet)));
            }
            _ => return None,
        }
    }
    Some(found)
}

fn end_of_string(octets: &[u8], begin: usize) -> Option<usize> {
    let block = octets[begin..].starts_with(BLOCK.as_bytes());
    let mut at = begin + if block { 3 } else { 1 };
    loop {
        match octets.get(at)? {
            b'\\' if block => at += if octets[at + 1..].starts_with(BLOCK.as_bytes()) { 4 } else { 1 },
            b'\\' => at += 2,
            b'"' if !block => return Some(at + 1),
            b'"' if octets[at..].starts_with(BLOCK.as_bytes()) => return Some(at + 3),
            b'\n' if !block => return None,
            _ => at += 1,
        }
    }
}

/// What stands around a text of several lines.
const BLOCK: &str = "\"\"\"";

/// What a text in quotes says (section 2.9.4). Its escapes are those of JSON, and a tab may stand in it.
fn said(quoted: &str) -> Option<String> {
    match quoted.strip_prefix(BLOCK).and_then(|rest| rest.strip_suffix(BLOCK)) {
        Some(block) => Some(without_indentation(&block.replace("\\\"\"\"", BLOCK))),
        None => serde_json::from_str(&quoted.replace('\t', "\\t")).ok(),
    }
}

/// Lines without the indentation that all but the first share, and without blank ones around them.
fn without_indentation(block: &str) -> String {
    let text = block.replace("\r\n", "\n").replace('\r', "\n");
    let blank = |line: &&str| line.trim_matches([' ', '\t']).is_empty();
    let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let shared = text.split('\n').skip(1).filter(|line| !blank(line)).map(indentation).min().unwrap_or(0);
    let bare = |(at, line): (usize, &'_ str)| {
        if at == 0 { line.to_owned() } else { line.get(shared..).unwrap_or_default().to_owned() }
    };
    let lines: Vec<String> = text.split('\n').enumerate().map(bare).collect();
    let full = |line: &String| !blank(&line.as_str());
    let (first, last) = (lines.iter().position(full), lines.iter().rposition(full));
    first.zip(last).map_or_else(String::new, |(first, last)| lines[first..=last].join("\n"))
}

/// What an argument is given.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// It stands in the document.
    Value(Value),
    /// A variable of this name.
    Variable(String),
    /// Several.
    List(Vec<Given>),
    /// Several with names.
    Object(Vec<(String, Given)>),
}

/// A variable is named that the operation does not declare.
#[derive(Debug, PartialEq, Eq)]
pub struct Undeclared;

impl Given {
    /// What it is, once variables are known; nothing, where a variable is nothing.
    fn resolved(&self, variables: &Map<String, Value>, declared: &[Declared]) -> Result<Option<Value>, Undeclared> {
        Ok(Some(match self {
            Self::Value(value) => value.clone(),
            Self::Variable(name) => {
                let known = declared.iter().any(|variable| variable.name == *name);
                return if known { Ok(variables.get(name).cloned()) } else { Err(Undeclared) };
            }
            Self::List(list) => {
                let item = |item: &Self| Ok(item.resolved(variables, declared)?.unwrap_or(Value::Null));
                Value::Array(list.iter().map(item).collect::<Result<_, _>>()?)
            }
            Self::Object(parts) => {
                let mut object = Map::new();
                for (name, part) in parts {
                    if let Some(value) = part.resolved(variables, declared)? {
                        object.insert(name.clone(), value);
                    }
                }
                Value::Object(object)
            }
        }))
    }
}

/// A variable that an operation declares.
#[derive(Debug, Clone, PartialEq)]
struct Declared {
    name: String,
    /// Whether it must be given.
    required: bool,
    default: Option<Given>,
}

/// What a document asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The one field.
    pub field: Field,
    declared: Vec<Declared>,
}

impl Asked {
    /// The variables as they count: those that are declared, with their defaults (section 6.1.2).
    fn variables(&self, sent: &Value) -> Map<String, Value> {
        let counts = |variable: &Declared| {
            let default = || variable.default.as_ref()?.resolved(&Map::new(), &[]).ok()?;
            let value = sent.get(&variable.name).cloned().or_else(default)?;
            Some((variable.name.clone(), value))
        };
        self.declared.iter().filter_map(counts).collect()
    }

    /// Whether a variable is not there that must be.
    pub fn lacks_something(&self, sent: &Value) -> bool {
        let variables = self.variables(sent);
        let there = |variable: &Declared| variables.get(&variable.name).is_some_and(|value| !value.is_null());
        self.declared.iter().any(|variable| variable.required && !there(variable))
    }

    /// What the field is given, as an object.
    pub fn arguments(&self, sent: &Value) -> Result<Value, Undeclared> {
        let given = Given::Object(self.field.arguments.clone());
        Ok(given.resolved(&self.variables(sent), &self.declared)?.unwrap_or_default())
    }
}

/// A field that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// What the answer calls it.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What it is given, by names.
    pub arguments: Vec<(String, Given)>,
    /// What of it is wanted; nothing: it has no parts.
    pub parts: Vec<Field>,
}

/// A fragment that stands elsewhere: then all is answered.
const SPREAD: &str = "...";

struct Reader<'a> {
    tokens: Vec<Token<'a>>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<Token<'a>> {
        let token = self.tokens.get(self.at).copied();
        self.at += 1;
        token
    }

    fn takes(&mut self, wanted: char) -> bool {
        let there = self.tokens.get(self.at) == Some(&Token::Punctuator(wanted));
        self.at += usize::from(there);
        there
    }

    /// Goes past what stands in brackets; the opening one was taken.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Token::Punctuator('(' | '[' | '{') => depth += 1,
                Token::Punctuator(')' | ']' | '}') => depth -= 1,
                Token::Name(_) | Token::Punctuator(_) | Token::Spread | Token::Number(_) | Token::Text(_) => {}
            }
        }
        Some(())
    }

    /// Names with values up to a bracket; the opening one was taken. A name that stands twice is refused (section 5.4.2).
    fn named_values(&mut self, end: char, depth: usize) -> Option<Vec<(String, Given)>> {
        let mut found: Vec<(String, Given)> = Vec::new();
        while !self.takes(end) {
            let name = self.name()?;
            if !self.takes(':') || found.iter().any(|(known, _)| known == name) {
                return None;
            }
            let value = self.value(depth)?;
            found.push((name.to_owned(), value));
        }
        Some(found)
    }

    /// A value (section 2.9).
    fn value(&mut self, depth: usize) -> Option<Given> {
        if depth >= DEEPEST {
            return None;
        }
        Some(match self.next()? {
            Token::Name("true") => Given::Value(true.into()),
            Token::Name("false") => Given::Value(false.into()),
            Token::Name("null") => Given::Value(Value::Null),
            Token::Name(word) => Given::Value(word.into()), // of an enumeration
            Token::Number(digits) => Given::Value(Value::Number(serde_json::from_str(digits).ok()?)),
            Token::Text(quoted) => Given::Value(said(quoted)?.into()),
            Token::Punctuator('$') => Given::Variable(self.name()?.to_owned()),
            Token::Punctuator('[') => {
                let mut list = Vec::new();
                while !self.takes(']') {
                    list.push(self.value(depth + 1)?);
                }
                Given::List(list)
            }
            Token::Punctuator('{') => Given::Object(self.named_values('}', depth + 1)?),
            Token::Punctuator(_) | Token::Spread => return None,
        })
    }

    /// The variables that an operation declares (section 2.10); the opening bracket was taken.
    fn declared(&mut self) -> Option<Vec<Declared>> {
        let mut found: Vec<Declared> = Vec::new();
        while !self.takes(')') {
            let known = |found: &[Declared], name: &str| found.iter().any(|variable| variable.name == name);
            let name = if self.takes('$') { self.name()?.to_owned() } else { return None };
            if !self.takes(':') || known(&found, &name) {
                return None;
            }
            self.kind(0)?;
            let required = self.takes('!');
            let default = if self.takes('=') { Some(self.value(0)?) } else { None };
            self.directives()?;
            found.push(Declared { name, required, default });
        }
        Some(found)
    }

    /// The name of a type, or one in brackets.
    fn kind(&mut self, depth: usize) -> Option<()> {
        if !self.takes('[') {
            return self.name().map(|_| ());
        }
        if depth >= DEEPEST {
            return None;
        }
        self.kind(depth + 1)?;
        self.takes('!');
        self.takes(']').then_some(())
    }

    /// Goes to the selection set of a definition and takes its opening brace.
    fn find_selection(&mut self) -> Option<()> {
        loop {
            match self.next()? {
                Token::Punctuator('{') => return Some(()),
                Token::Punctuator('(' | '[') => self.skip()?,
                Token::Name(_) | Token::Punctuator(_) | Token::Spread | Token::Number(_) | Token::Text(_) => {}
            }
        }
    }

    fn directives(&mut self) -> Option<()> {
        while self.takes('@') {
            self.next()?;
            if self.takes('(') {
                self.skip()?;
            }
        }
        Some(())
    }

    /// A selection set whose opening brace was taken.
    fn selection(&mut self, depth: usize) -> Option<Vec<Field>> {
        let mut fields = Vec::new();
        while !self.takes('}') {
            match self.next()? {
                Token::Name(first) if depth < DEEPEST => {
                    let name = if self.takes(':') { self.name()? } else { first };
                    let arguments = if self.takes('(') { self.named_values(')', 0)? } else { Vec::new() };
                    self.directives()?;
                    let parts = if self.takes('{') { self.selection(depth + 1)? } else { Vec::new() };
                    fields.push(Field { key: first.to_owned(), name: name.to_owned(), arguments, parts });
                }
                Token::Spread if depth < DEEPEST => {
                    if let Some(Token::Name(name)) = self.tokens.get(self.at).copied() {
                        self.at += 1;
                        if name == "on" {
                            self.name()?;
                        } else {
                            self.directives()?;
                            fields.push(Field {
                                key: SPREAD.into(),
                                name: SPREAD.into(),
                                arguments: Vec::new(),
                                parts: Vec::new(),
                            });
                            continue;
                        }
                    }
                    self.directives()?;
                    if !self.takes('{') {
                        return None;
                    }
                    fields.extend(self.selection(depth + 1)?);
                }
                Token::Name(_) | Token::Punctuator(_) | Token::Spread | Token::Number(_) | Token::Text(_) => {
                    return None;
                }
            }
        }
        Some(fields)
    }

    fn name(&mut self) -> Option<&'a str> {
        match self.next()? {
            Token::Name(name) => Some(name),
            Token::Punctuator(_) | Token::Spread | Token::Number(_) | Token::Text(_) => None,
        }
    }
}

/// The one field that the operation asks for; `None` when the document is none, or asks for more than one. With several
/// operations the named one counts.
pub fn asked(text: &str, operation: Option<&str>) -> Option<Asked> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0 };
    loop {
        let (mut name, mut declared) = (None, Vec::new());
        match reader.next()? {
            Token::Punctuator('{') => {}
            Token::Name("fragment") => {
                reader.find_selection()?;
                reader.skip()?;
                continue;
            }
            Token::Name("query" | "mutation") => {
                if let Some(Token::Name(given)) = reader.tokens.get(reader.at) {
                    name = Some(*given);
                    reader.at += 1;
                }
                if reader.takes('(') {
                    declared = reader.declared()?;
                }
                reader.find_selection()?;
            }
            Token::Name(_) | Token::Punctuator(_) | Token::Spread | Token::Number(_) | Token::Text(_) => return None,
        }
        if operation.is_some() && name.is_some() && operation != name {
            reader.skip()?;
            continue;
        }
        let mut fields = reader.selection(0)?;
        fields.retain(|field| field.name != "__typename");
        let field = fields.pop()?;
        return (fields.is_empty() && field.name != SPREAD).then_some(Asked { field, declared });
    }
}

/// What of an answer is wanted; what it does not have is null.
pub fn picked(answer: Value, parts: &[Field]) -> Value {
    if parts.is_empty() || parts.iter().any(|part| part.name == SPREAD) {
        return answer;
    }
    match answer {
        Value::Object(mut all) => {
            let mut wanted = Map::new();
            for part in parts {
                let value = all.get_mut(&part.name).map_or(Value::Null, |value| value.clone());
                wanted.insert(part.key.clone(), picked(value, &part.parts));
            }
            Value::Object(wanted)
        }
        Value::Array(list) => list.into_iter().map(|one| picked(one, parts)).collect(),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn name_of(text: &str) -> Option<(String, String)> {
        asked(text, None).map(|asked| (asked.field.name, asked.field.key))
    }

    #[test]
    fn the_field_is_found_however_the_document_is_printed() {
        let twice = |name: &str| Some((name.to_owned(), name.to_owned()));
        for text in [
            "\n query user($id: String) {\n  user(id: $id) { id identities { openid } } }",
            "{user{id}}",
            "query{ user (id: \"}{\") @include(if: $x) { id } }",
            "# a comment { no }\nquery Q($a: [Int!]! = [1, 2]) @d(x: {y: \"z\"}) { user { id } }",
            "fragment U on User { id } query { user { ...U } }",
            "query ($a: Int = 1) @d { user { id } }",
            "query { __typename user { id ... on User { email } } }",
            "query { user(text: \"\"\" \"quoted\" { \"\"\") { id } }",
        ] {
            assert_eq!(name_of(text), twice("user"), "{text}");
        }
        assert_eq!(name_of("query { me: user { id } }"), Some(("user".into(), "me".into())));
        let two = "query a { users { id } } mutation b { updateUser { id } }";
        assert_eq!(asked(two, Some("b")).unwrap().field.name, "updateUser");
    }

    #[test]
    fn what_is_no_document_or_asks_for_more_is_refused() {
        let deep = format!("{}{}", "{a".repeat(100), "}".repeat(100));
        for text in
            ["", "user", "query {", "query { }", "{ user { id } users { id } }", "{ user(id: \"x }", "{ ...U }", &deep]
        {
            assert_eq!(name_of(text), None, "{text}");
        }
    }

    #[test]
    fn a_field_is_given_what_the_document_and_the_variables_say() {
        let sent = json!({ "a": "A", "list": ["x"], "nothing": null, "page": 7, "other": "passed over" });
        for (text, expected) in [
            ("{ f }", json!({})),
            ("{ f() }", json!({})),
            (
                r#"{ f(a: "é\u00e9\"\n", b: true, c: null, d: -1.5e1, e: ASC) }"#,
                json!({ "a": "éé\"\n", "b": true, "c": null, "d": -15.0, "e": "ASC" }),
            ),
            (
                r#"{ f(o: { a: [1, { b: "" }], c: {} }, l: []) }"#,
                json!({ "o": { "a": [1, { "b": "" }], "c": {} }, "l": [] }),
            ),
            ("query q($a: String) { x: f(id: $a) }", json!({ "id": "A" })),
            (
                "query ($list: [String!]!, $a: String) { f(ids: $list, o: { n: $a, l: [$a] }) }",
                json!({ "ids": ["x"], "o": { "n": "A", "l": ["A"] } }),
            ),
            (
                "query q($no: Int, $n: Int = 3, $page: Int = 1) { f(no: $no, n: $n, page: $page, l: [$no], o: { p: $no }) }",
                json!({ "n": 3, "page": 7, "l": [null], "o": {} }),
            ),
            ("query q($nothing: Int = 3) { f(n: $nothing) }", json!({ "n": null })),
            (
                "query q($a: String @d(x: 1) $page: Int) { f(a: $a) @include(if: true) { id(x: $page) } }",
                json!({ "a": "A" }),
            ),
            (
                "mutation m { f(t: \"\"\"\n    one\n      two \\\"\"\"\n\n  \"\"\") }",
                json!({ "t": "one\n  two \"\"\"" }),
            ),
        ] {
            let asked = asked(text, None).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(asked.arguments(&sent), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_resolved_is_refused() {
        for text in [
            "{ f(a: 1, a: 2) }",
            "{ f(a: { b: 1, b: 2 }) }",
            "{ f(a:) }",
            "{ f(a 1) }",
            "{ f(a: 01) }",
            "{ f(a: 1x) }",
            r#"{ f(a: "\x") }"#,
            "{ f(a: &b) }",
            "query q($a: Int, $a: Int) { f }",
            "query q($a) { f }",
            "query q($a: [Int) { f }",
            "query q(a: Int) { f }",
            &format!("{{ f(a: {}1{}) }}", "[".repeat(100), "]".repeat(100)),
        ] {
            assert_eq!(asked(text, None), None, "{text}");
        }
        for text in ["{ f(a: $a) }", "query q($b: Int) { f(o: { a: [$a] }) }"] {
            assert_eq!(asked(text, None).unwrap().arguments(&json!({ "a": 1 })), Err(Undeclared), "{text}");
        }
        let needs = asked("query q($a: [Int!]!, $b: Int, $c: Int! = 1) { f(a: $a) }", None).unwrap();
        assert!(!needs.lacks_something(&json!({ "a": [] })));
        assert!(needs.lacks_something(&json!({ "b": 1 })) && needs.lacks_something(&json!({ "a": null })));
        assert!(needs.lacks_something(&json!({ "a": [], "c": null })));
    }

    #[test]
    fn an_answer_holds_what_was_asked_for_and_null_for_what_it_lacks() {
        let field = asked("{ users { n: totalCount list { id moon } } }", None).unwrap().field;
        let answer = json!({ "totalCount": 1, "list": [{ "id": "a", "email": "b" }] });
        assert_eq!(picked(answer, &field.parts), json!({ "n": 1, "list": [{ "id": "a", "moon": null }] }));
    }
}
