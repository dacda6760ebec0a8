//! What a pool looks like: its colour, and pictures as far as they are let in.

use std::fmt;

/// A colour, `#rrggbb`.
///
/// ```
/// use exeunt::domain::look::Colour;
/// let yellow = Colour::parse("#FFD400").unwrap();
/// assert_eq!(yellow.to_string(), "#ffd400");
/// assert!(!yellow.can_be_read());
/// assert!(Colour::parse("#0b5cad").unwrap().can_be_read());
/// assert!(Colour::parse("red; } body { color: red").is_none());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Colour([u8; 3]);

/// Least contrast of text (WCAG 2.2, 1.4.3).
pub const READABLE: f64 = 4.5;
/// Contrast that the colour is lightened to for dark pages.
const AT_NIGHT: f64 = 7.0;

/// The darkest ground of light pages, the lightest of dark ones, and what is written on the colour itself: the values of
/// `--sunk`, `--raised` and the inks in the style sheet.
const PAPER: Colour = Colour([0xf2, 0xf0, 0xeb]);
const NIGHT: Colour = Colour([0x18, 0x1c, 0x22]);
const WHITE: Colour = Colour([0xfe, 0xfe, 0xfb]);
const BLACK: Colour = Colour([0x0b, 0x0e, 0x14]);

impl Colour {
    /// The house's own, which a pool has that chose none.
    pub const CELADON: Self = Self([0x10, 0x62, 0x5b]);
    /// Its variant for dark pages, which was chosen by eye.
    const CELADON_AT_NIGHT: Self = Self([0x78, 0xcd, 0xc0]);

    /// Reads `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.trim().strip_prefix('#').filter(|hex| hex.len() == 6 && hex.is_ascii())?;
        let octet = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
        // `from_str_radix` takes a sign.
        hex.bytes().all(|b| b.is_ascii_hexdigit()).then_some(())?;
        Some(Self([octet(0)?, octet(2)?, octet(4)?]))
    }

    /// WCAG 2.2, relative luminance.
    fn luminance(self) -> f64 {
        let linear = |octet: u8| {
            let share = f64::from(octet) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        let [r, g, b] = self.0.map(linear);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// WCAG 2.2, contrast ratio: 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance() + 0.05, other.luminance() + 0.05);
        one.max(two) / one.min(two)
    }

    /// How well it is read on light pages, and light text on it.
    pub fn on_paper(self) -> f64 {
        self.contrast(PAPER)
    }

    /// How well its dark variant is read on dark pages.
    pub fn at_night(self) -> f64 {
        self.night().contrast(NIGHT)
    }

    /// Whether it may be the colour of a pool. Its dark variant always can be read.
    pub fn can_be_read(self) -> bool {
        self.on_paper() >= READABLE
    }

    /// Its variant for dark pages: as much white as it takes.
    #[must_use]
    pub fn night(self) -> Self {
        if self == Self::CELADON {
            return Self::CELADON_AT_NIGHT;
        }
        let mixed = |share: u16| {
            self.0.map(|octet| {
                let octet = u16::from(octet);
                u8::try_from(octet + (255 - octet) * share / 100).unwrap_or(u8::MAX)
            })
        };
        let light_enough = |share: &u16| Self(mixed(*share)).contrast(NIGHT) >= AT_NIGHT;
        Self(mixed((0..=100).step_by(4).find(light_enough).unwrap_or(100)))
    }

    /// The rules that put it in the place of the house's own.
    pub fn sheet(self) -> String {
        format!(
            "@layer tokens{{:root{{--celadon:light-dark({self},{});--on-celadon:light-dark({WHITE},{BLACK});\
             --celadon-wash:color-mix(in oklab,var(--celadon) 9%,var(--paper))}}}}\n",
            self.night()
        )
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// Most octets of a picture.
pub const PICTURE_OCTETS: usize = 64 * 1024;

/// A kind of picture that is let in: none that can hold a script.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PictureKind {
    /// PNG
    Png,
    /// JPEG
    Jpeg,
    /// WebP
    Webp,
}

impl PictureKind {
    /// Judges by the octets; what a name or a browser says of them is nobody's proof.
    pub fn of(octets: &[u8]) -> Option<Self> {
        match octets {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            _ => None,
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }

    /// From the media type.
    pub fn parse(media_type: &str) -> Option<Self> {
        [Self::Png, Self::Jpeg, Self::Webp].into_iter().find(|kind| kind.media_type() == media_type)
    }

    /// The end of its file's name.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_what_the_guideline_says() {
        let (black, white) = (Colour([0; 3]), Colour([255; 3]));
        assert!((black.contrast(white) - 21.0).abs() < 0.001);
        assert!((Colour([0x77; 3]).contrast(white) - 4.48).abs() < 0.01);
        assert!(Colour::CELADON.can_be_read());
    }

    #[test]
    fn every_colour_that_is_let_in_can_be_read_by_day_and_by_night() {
        for r in (0..=255).step_by(15) {
            for g in (0..=255).step_by(15) {
                for b in (0..=255).step_by(15) {
                    let colour = Colour([r, g, b]);
                    assert!(colour.at_night() >= READABLE, "{colour}");
                    assert!(colour.night().contrast(BLACK) >= READABLE, "{colour}");
                    assert!(!colour.can_be_read() || colour.contrast(WHITE) >= READABLE, "{colour}");
                }
            }
        }
    }

    #[test]
    fn nothing_else_is_a_colour() {
        for text in ["", "#", "#fff", "#gggggg", "#+1+1+1", "#12345", "#1234567", "123456", "#12345é", "rgb(1,2,3)"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_picture_is_what_its_octets_are() {
        assert_eq!(PictureKind::of(b"\x89PNG\r\n\x1a\n...."), Some(PictureKind::Png));
        assert_eq!(PictureKind::of(b"\xff\xd8\xff\xe0"), Some(PictureKind::Jpeg));
        assert_eq!(PictureKind::of(b"RIFF\0\0\0\0WEBPVP8 "), Some(PictureKind::Webp));
        for octets in [&b"<svg xmlns=\"http://www.w3.org/2000/svg\">"[..], b"GIF89a", b"", b"\x89PNG", b"<script>"] {
            assert_eq!(PictureKind::of(octets), None);
        }
    }
}
