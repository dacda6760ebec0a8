//! Tables to be taken home: comma-separated values (RFC 4180), or one JSON object a line; long ones as they are read.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::stream::{self, Stream};

use super::error::{Answer, Refusal};

/// A file with a head line and these lines. A cell that a spreadsheet would run as a formula is disarmed by an apostrophe:
/// names and user agents are what strangers typed.
pub fn download<const N: usize>(name: &str, head: [&str; N], lines: impl IntoIterator<Item = [String; N]>) -> Answer {
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record(head).map_err(|_| Refusal::Broken)?;
    for line in lines {
        file.write_record(line.map(harmless)).map_err(|_| Refusal::Broken)?;
    }
    let text = file.into_inner().map_err(|_| Refusal::Broken)?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(text))
}

/// One line of such a file.
pub fn line<const N: usize>(cells: [String; N]) -> Result<Vec<u8>, Refusal> {
    let mut file = csv::Writer::from_writer(Vec::new());
    file.write_record(cells.map(harmless)).map_err(|_| Refusal::Broken)?;
    file.into_inner().map_err(|_| Refusal::Broken)
}

/// A file that is sent while it is read, piece by piece; a piece that cannot be read breaks the download off, so that half a
/// file never looks like a whole one.
pub fn streamed(name: &str, kind: &str, pieces: impl Stream<Item = Result<Bytes, Refusal>> + 'static) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(Box::pin(pieces))
}

/// The pieces that `read` answers, each with the place where the next one begins.
pub fn pieces<R, F>(read: R) -> impl Stream<Item = Result<Bytes, Refusal>>
where
    R: Fn(Option<i64>) -> F,
    F: Future<Output = Result<(Vec<u8>, Option<i64>), Refusal>>,
{
    stream::unfold((Some(None), read), async |(place, read)| {
        let answered = read(place?).await;
        let next = answered.as_ref().ok().and_then(|(_, next)| *next).map(Some);
        Some((answered.map(|(octets, _)| Bytes::from(octets)), (next, read)))
    })
}

fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_never_a_formula() {
        assert_eq!(harmless("=cmd|' /C calc'!A0".into()), "'=cmd|' /C calc'!A0");
        assert_eq!(harmless("Li Lei".into()), "Li Lei");
    }
}
