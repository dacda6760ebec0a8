//! As much of GraphQL's grammar as finds the one field that a document asks for, and what of its answer is wanted
//! (GraphQL, October 2021, sections 2.1 to 2.8).

use serde_json::{Map, Value};

/// Deepest nesting that is read.
const DEEPEST: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'a> {
    Name(&'a str),
    Punctuator(char),
    Spread,
    Literal,
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
                found.push(Token::Literal);
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => {
                at += octets[at..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
                found.push(Token::Name(&text[begin..at]));
            }
            b'0'..=b'9' | b'-' => {
                at += octets[at..].iter().take_while(|b| b.is_ascii_alphanumeric() || b"+-.".contains(b)).count();
                found.push(Token::Literal);
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
    let block = octets[begin..].starts_with(b"\"\"\"");
    let mut at = begin + if block { 3 } else { 1 };
    loop {
        match octets.get(at)? {
            b'\\' => at += 2,
            b'"' if !block => return Some(at + 1),
            b'"' if octets[at..].starts_with(b"\"\"\"") => return Some(at + 3),
            b'\n' if !block => return None,
            _ => at += 1,
        }
    }
}

/// A field that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// What the answer calls it.
    pub key: String,
    /// Its name.
    pub name: String,
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
                Token::Name(_) | Token::Punctuator(_) | Token::Spread | Token::Literal => {}
            }
        }
        Some(())
    }

    /// Goes to the selection set of a definition and takes its opening brace.
    fn find_selection(&mut self) -> Option<()> {
        loop {
            match self.next()? {
                Token::Punctuator('{') => return Some(()),
                Token::Punctuator('(' | '[') => self.skip()?,
                Token::Name(_) | Token::Punctuator(_) | Token::Spread | Token::Literal => {}
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
                    if self.takes('(') {
                        self.skip()?;
                    }
                    self.directives()?;
                    let parts = if self.takes('{') { self.selection(depth + 1)? } else { Vec::new() };
                    fields.push(Field { key: first.to_owned(), name: name.to_owned(), parts });
                }
                Token::Spread if depth < DEEPEST => {
                    if let Some(Token::Name(name)) = self.tokens.get(self.at).copied() {
                        self.at += 1;
                        if name == "on" {
                            self.name()?;
                        } else {
                            self.directives()?;
                            fields.push(Field { key: SPREAD.into(), name: SPREAD.into(), parts: Vec::new() });
                            continue;
                        }
                    }
                    self.directives()?;
                    if !self.takes('{') {
                        return None;
                    }
                    fields.extend(self.selection(depth + 1)?);
                }
                Token::Name(_) | Token::Punctuator(_) | Token::Spread | Token::Literal => return None,
            }
        }
        Some(fields)
    }

    fn name(&mut self) -> Option<&'a str> {
        match self.next()? {
            Token::Name(name) => Some(name),
            Token::Punctuator(_) | Token::Spread | Token::Literal => None,
        }
    }
}

/// The one field that the operation asks for; `None` when the document is none, or asks for more than one. With several
/// operations the named one counts.
pub fn asked(text: &str, operation: Option<&str>) -> Option<Field> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0 };
    loop {
        let mut name = None;
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
                }
                reader.find_selection()?;
            }
            Token::Name(_) | Token::Punctuator(_) | Token::Spread | Token::Literal => return None,
        }
        if operation.is_some() && name.is_some() && operation != name {
            reader.skip()?;
            continue;
        }
        let mut fields = reader.selection(0)?;
        fields.retain(|field| field.name != "__typename");
        let field = fields.pop()?;
        return if fields.is_empty() && field.name != SPREAD { Some(field) } else { None };
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
        asked(text, None).map(|field| (field.name, field.key))
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
            "query { __typename user { id ... on User { email } } }",
            "query { user(text: \"\"\" \"quoted\" { \"\"\") { id } }",
        ] {
            assert_eq!(name_of(text), twice("user"), "{text}");
        }
        assert_eq!(name_of("query { me: user { id } }"), Some(("user".into(), "me".into())));
        let two = "query a { users { id } } mutation b { updateUser { id } }";
        assert_eq!(asked(two, Some("b")).unwrap().name, "updateUser");
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
    fn an_answer_holds_what_was_asked_for_and_null_for_what_it_lacks() {
        let field = asked("{ users { n: totalCount list { id moon } } }", None).unwrap();
        let answer = json!({ "totalCount": 1, "list": [{ "id": "a", "email": "b" }] });
        assert_eq!(picked(answer, &field.parts), json!({ "n": 1, "list": [{ "id": "a", "moon": null }] }));
    }
}
