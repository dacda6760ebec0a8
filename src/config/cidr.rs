//! A network of addresses, by which proxies are trusted.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// Why a text is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotACidr {
    /// Not `address` or `address/length`.
    #[error("a network is an address, or an address and a prefix length as in 10.0.0.0/8")]
    Form,
    /// Bits behind the prefix.
    #[error("the address has bits set behind its prefix")]
    HostBits,
    /// Prefix length 0: whoever connects would be a proxy.
    #[error("a network of everyone cannot be trusted")]
    Everyone,
}

/// A network: `10.0.0.0/8`, `::1`.
///
/// ```
/// use exeunt::config::Cidr;
/// let network = Cidr::parse("10.0.0.0/8").unwrap();
/// assert!(network.contains("10.1.2.3".parse().unwrap()) && network.contains("::ffff:10.1.2.3".parse().unwrap()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cidr {
    network: IpAddr,
    length: u8,
}

impl Cidr {
    /// Reads a network; a bare address is a network of one.
    pub fn parse(text: &str) -> Result<Self, NotACidr> {
        let (address, length) = text.trim().split_once('/').map_or((text.trim(), None), |(a, l)| (a, Some(l)));
        let network: IpAddr = address.parse().map_err(|_| NotACidr::Form)?;
        let whole = if network.is_ipv4() { 32 } else { 128 };
        let length = match length {
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse().map_err(|_| NotACidr::Form)?,
            Some(_) => return Err(NotACidr::Form),
            None => whole,
        };
        if length > whole {
            return Err(NotACidr::Form);
        }
        // `::ffff:0:0/96` is every IPv4 address in disguise.
        let mapped = matches!(network, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some());
        if length == 0 || mapped && length <= 96 {
            return Err(NotACidr::Everyone);
        }
        if bits(network) & !mask(length) != 0 {
            return Err(NotACidr::HostBits);
        }
        Ok(Self { network, length })
    }

    /// Tells whether `address` lies within; an IPv4 address in IPv6 clothes (`::ffff:…`) counts as itself.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = if self.network.is_ipv4() { address.to_canonical() } else { as_v6(address) };
        address.is_ipv4() == self.network.is_ipv4() && bits(address) & mask(self.length) == bits(self.network)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.length)
    }
}

fn as_v6(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(v4) => IpAddr::V6(v4.to_ipv6_mapped()),
        IpAddr::V6(_) => address,
    }
}

/// The bits of an address, an IPv4 one at the high end.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()) << 96,
        IpAddr::V6(v6) => Ipv6Addr::to_bits(v6),
    }
}

fn mask(length: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses_and_no_others() {
        for (network, address, inside) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
            ("10.0.0.0/8", "::1", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "fe80::1", false),
            ("::1", "::1", true),
            ("::1", "0.0.0.1", false),
            ("128.0.0.0/1", "255.1.1.1", true),
        ] {
            assert_eq!(
                Cidr::parse(network).unwrap().contains(address.parse().unwrap()),
                inside,
                "{address} in {network}"
            );
        }
    }

    #[test]
    fn everyone_is_nobody_to_trust() {
        for (text, why) in [
            ("0.0.0.0/0", NotACidr::Everyone),
            ("::/0", NotACidr::Everyone),
            ("::ffff:0:0/96", NotACidr::Everyone),
            ("10.0.0.1/8", NotACidr::HostBits),
            ("10.0.0.0/33", NotACidr::Form),
            ("10.0.0.0/+8", NotACidr::Form),
            ("10.0.0.0/", NotACidr::Form),
            ("proxy", NotACidr::Form),
            ("", NotACidr::Form),
        ] {
            assert_eq!(Cidr::parse(text), Err(why), "{text}");
        }
        assert_eq!(Cidr::parse("127.0.0.1").unwrap().to_string(), "127.0.0.1/32");
    }
}
