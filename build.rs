//! Names every asset by the hash of its bytes and lays a compressed copy beside it.
//!
//! A URL that changes with its content may be kept by browsers for ever, and no request has to compress anything. What is
//! written: `$OUT_DIR/assets/{stem}.{hash}.{ext}` with `.br` and `.gz` twins, and `$OUT_DIR/asset_names.rs` with a URL each.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::{env, error::Error};

use aws_lc_rs::digest::{SHA256, digest};

/// Hex digits of the hash in a file name: 48 bits are plenty for a handful of files that nobody attacks.
const HASH_DIGITS: usize = 12;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=assets");
    println!("cargo:rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let dressed = out.join("assets");
    // A stale hash would be embedded too: begin with an empty folder.
    match fs::remove_dir_all(&dressed) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => fs::create_dir_all(&dressed)?,
    }

    let mut names = String::new();
    for file in sources(Path::new("assets"))? {
        let (stem, ext) = parts(&file)?;
        let served = match ext {
            "js" => vec![(stem, minifier::js::minify(&fs::read_to_string(&file)?)?.to_string().into_bytes())],
            "css" => sheets(stem, &fs::read_to_string(&file)?),
            _ => vec![(stem, fs::read(&file)?)],
        };
        for (stem, bytes) in served {
            let name = format!("{stem}.{}.{ext}", hash(&bytes));
            fs::write(dressed.join(&name), &bytes)?;
            fs::write(dressed.join(format!("{name}.br")), brotlied(&bytes)?)?;
            fs::write(dressed.join(format!("{name}.gz")), gzipped(&bytes)?)?;
            let constant = format!("{stem}_{ext}").to_uppercase().replace('-', "_");
            writeln!(names, "/// URL of `{stem}.{ext}`.\npub const {constant}: &str = \"/assets/{name}\";")?;
        }
    }
    fs::write(out.join("asset_names.rs"), names)?;
    Ok(())
}

/// What only the console wears stands between these remarks of the one sheet, in layers of its own, and is served apart:
/// nobody who logs in has to wait for it.
const CONSOLE_ALONE: &str = "/* For the console alone. */";
const FOR_EVERYBODY: &str = "/* For everybody. */";

/// The sheets that are served of one that is written.
fn sheets<'a>(stem: &'a str, written: &str) -> Vec<(&'a str, Vec<u8>)> {
    let plain = |text: &str| plain_sheet(&undressed(&uncommented(text))).into_bytes();
    let mut pieces = written.split(CONSOLE_ALONE);
    let (mut everybody, mut console) = (pieces.next().unwrap_or_default().to_owned(), String::new());
    for piece in pieces {
        let (alone, rest) = piece.split_once(FOR_EVERYBODY).unwrap_or((piece, ""));
        console.push_str(alone);
        everybody.push_str(rest);
    }
    let mut served = vec![(stem, plain(&everybody))];
    if !console.is_empty() {
        served.push(("console", plain(&console)));
    }
    served
}

/// A style sheet without its comments; none of its strings holds the beginning of one.
fn uncommented(sheet: &str) -> String {
    let mut pieces = sheet.split("/*");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |kept, piece| kept + piece.split_once("*/").map_or("", |(_, rest)| rest))
}

/// A style sheet without the blanks and signs that say nothing: around braces and between declarations. A blank before a
/// colon stays, it may stand for a descendant; none of its strings holds one of these signs.
fn plain_sheet(sheet: &str) -> String {
    let mut out = String::with_capacity(sheet.len());
    for sign in sheet.chars() {
        let sign = if sign == '\n' { ' ' } else { sign };
        match sign {
            ' ' if out.ends_with([' ', '{', '}', ';', ',', ':']) => {}
            '{' | '}' | ';' | ',' => {
                out.truncate(out.trim_end_matches(' ').len());
                if sign == '}' && out.ends_with(';') {
                    out.pop();
                }
                out.push(sign);
            }
            _ => out.push(sign),
        }
    }
    out
}

/// A style sheet without its indentation.
fn undressed(sheet: &str) -> String {
    let lines = sheet.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The files of `folder`, sorted, so that two builds of one tree are alike.
fn sources(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn parts(file: &Path) -> Result<(&str, &str), String> {
    let stem = file.file_stem().and_then(|s| s.to_str());
    let ext = file.extension().and_then(|s| s.to_str());
    stem.zip(ext).ok_or_else(|| format!("{} needs a plain name and an extension", file.display()))
}

fn hash(bytes: &[u8]) -> String {
    let mut hex: String = digest(&SHA256, bytes).as_ref().iter().fold(String::new(), |mut hex, octet| {
        let _ = write!(hex, "{octet:02x}");
        hex
    });
    hex.truncate(HASH_DIGITS);
    hex
}

fn brotlied(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    brotli::BrotliCompress(&mut io::Cursor::new(bytes), &mut out, &params)?;
    Ok(out)
}

fn gzipped(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}
