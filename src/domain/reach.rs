//! Where a message of ours may go: the house must not be sent knocking at doors that only it can reach (SSRF,
//! security.md B7, CVE-2026-4874).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// What kind of network an address is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Anybody's.
    Public,
    /// This machine or a private network: by the operator's leave only.
    Private,
    /// Link-local, cloud metadata, multicast, unspecified, reserved: never.
    Never,
}

impl Reach {
    /// Judges an address; an IPv4 address in IPv6 clothes is judged as what it is.
    ///
    /// ```
    /// use exeunt::domain::reach::Reach;
    /// assert_eq!(Reach::of("169.254.169.254".parse().unwrap()), Reach::Never);
    /// assert_eq!(Reach::of("::ffff:10.0.0.1".parse().unwrap()), Reach::Private);
    /// assert_eq!(Reach::of("203.0.114.7".parse().unwrap()), Reach::Public);
    /// ```
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => of_v4(v4),
            IpAddr::V6(v6) => of_v6(v6),
        }
    }
}

fn of_v4(ip: Ipv4Addr) -> Reach {
    let [a, b, c, _] = ip.octets();
    let never = ip.is_link_local()
        || ip.is_unspecified()
        || ip.is_broadcast()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a, b, c) == (192, 0, 0)
        || (a == 198 && (b & 0xfe) == 18)
        // Metadata services outside of link-local: Alibaba, Oracle.
        || ip == Ipv4Addr::new(100, 100, 100, 200)
        || ip == Ipv4Addr::new(192, 0, 0, 192);
    let private = ip.is_loopback() || ip.is_private() || (a == 100 && (64..128).contains(&b));
    if never {
        Reach::Never
    } else if private {
        Reach::Private
    } else {
        Reach::Public
    }
}

fn of_v6(ip: Ipv6Addr) -> Reach {
    let words = ip.segments();
    let embedded = |high: u16, low: u16| of_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    // Metadata of Amazon, inside of what is private.
    if ip == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254) {
        return Reach::Never;
    }
    match (words[0], words[1]) {
        _ if ip.is_loopback() => Reach::Private,
        // NAT64 leads to the IPv4 address at its end; 6to4 carries one in front.
        (0x64, 0xff9b) => embedded(words[6], words[7]),
        (0x2002, _) => embedded(words[1], words[2]),
        // Teredo hides another address, and examples are nobody's.
        (0x2001, 0 | 0xdb8) => Reach::Never,
        (first, _) if first & 0xfe00 == 0xfc00 => Reach::Private,
        (first, _) if first & 0xe000 == 0x2000 => Reach::Public,
        _ => Reach::Never,
    }
}

/// What a URL's host says by itself, when it is an address; `None` for a name, which says it once it is resolved.
pub fn of_url(url: &Url) -> Option<Reach> {
    match url.host() {
        Some(Host::Ipv4(ip)) => Some(Reach::of(ip.into())),
        Some(Host::Ipv6(ip)) => Some(Reach::of(ip.into())),
        Some(Host::Domain(_)) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_address_is_told() {
        for (text, reach) in [
            ("8.8.8.8", Reach::Public),
            ("127.0.0.1", Reach::Private),
            ("127.9.9.9", Reach::Private),
            ("10.0.0.1", Reach::Private),
            ("172.16.0.1", Reach::Private),
            ("172.32.0.1", Reach::Public),
            ("192.168.1.1", Reach::Private),
            ("100.64.0.1", Reach::Private),
            ("100.100.100.200", Reach::Never),
            ("169.254.169.254", Reach::Never),
            ("169.254.0.1", Reach::Never),
            ("0.0.0.0", Reach::Never),
            ("0.1.2.3", Reach::Never),
            ("224.0.0.1", Reach::Never),
            ("255.255.255.255", Reach::Never),
            ("192.0.2.1", Reach::Never),
            ("198.18.0.1", Reach::Never),
            ("240.0.0.1", Reach::Never),
            ("::1", Reach::Private),
            ("::", Reach::Never),
            ("::127.0.0.1", Reach::Never),
            ("::ffff:127.0.0.1", Reach::Private),
            ("::ffff:169.254.169.254", Reach::Never),
            ("64:ff9b::a9fe:a9fe", Reach::Never),
            ("64:ff9b::808:808", Reach::Public),
            ("2002:a9fe:a9fe::1", Reach::Never),
            ("2002:7f00:1::1", Reach::Private),
            ("fe80::1", Reach::Never),
            ("fec0::1", Reach::Never),
            ("fc00::1", Reach::Private),
            ("fd12:3456::1", Reach::Private),
            ("fd00:ec2::254", Reach::Never),
            ("ff02::1", Reach::Never),
            ("2001:db8::1", Reach::Never),
            ("2001::1", Reach::Never),
            ("2606:4700::1111", Reach::Public),
        ] {
            assert_eq!(Reach::of(text.parse().unwrap()), reach, "{text}");
        }
    }

    #[test]
    fn a_host_in_any_spelling_is_the_address_it_means() {
        for (text, reach) in [
            ("http://2852039166/", Some(Reach::Never)),
            ("http://0xa9.0xfe.0xa9.0xfe/", Some(Reach::Never)),
            ("http://0251.0376.0251.0376/", Some(Reach::Never)),
            ("http://127.1/", Some(Reach::Private)),
            ("http://[::ffff:a9fe:a9fe]/", Some(Reach::Never)),
            ("http://metadata.internal/", None),
        ] {
            assert_eq!(of_url(&Url::parse(text).unwrap()), reach, "{text}");
        }
    }
}
