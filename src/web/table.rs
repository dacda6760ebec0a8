//! Tables to be taken home: comma-separated values (RFC 4180).

use actix_web::HttpResponse;
use actix_web::http::header;

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
