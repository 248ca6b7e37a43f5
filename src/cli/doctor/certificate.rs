//! What a person wants to know of a certificate: whose it is, who signed it, until when it holds. Whether it may be trusted was
//! decided before, by the TLS library.

use chrono::{DateTime, NaiveDateTime, Utc};

/// Of an X.509 certificate, as far as it tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Certificate {
    /// The common name of whoever it was made out to.
    pub subject: Option<String>,
    /// Organization and common name of whoever signed it.
    pub issuer: Option<String>,
    pub until: Option<DateTime<Utc>>,
}

/// DER's tags (X.690), as far as they are met on the way.
const INTEGER: u8 = 0x02;
const OID: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
/// Attributes of names, 2.5.4.3 and 2.5.4.10 (X.520).
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0a];

/// Reads it; what cannot be read is left out.
pub(super) fn read(der: &[u8]) -> Certificate {
    fields(der).unwrap_or_default()
}

/// RFC 5280, 4.1: version, serial number, algorithm, issuer, validity, subject.
fn fields(der: &[u8]) -> Option<Certificate> {
    let mut whole = Reader(Reader(der).expect(SEQUENCE)?);
    let mut signed = Reader(whole.expect(SEQUENCE)?);
    if signed.0.first() == Some(&VERSION) {
        signed.next()?;
    }
    signed.expect(INTEGER)?;
    signed.expect(SEQUENCE)?;
    let issuer = signed.expect(SEQUENCE)?;
    let mut validity = Reader(signed.expect(SEQUENCE)?);
    validity.next()?;
    let until = validity.next().and_then(|(tag, time)| moment(tag, time));
    let subject = signed.expect(SEQUENCE)?;
    let issuer: Vec<_> = [ORGANIZATION, COMMON_NAME]
        .into_iter()
        .filter_map(|kind| attribute(issuer, kind))
        .collect();
    Some(Certificate {
        subject: attribute(subject, COMMON_NAME),
        issuer: (!issuer.is_empty()).then(|| issuer.join(", ")),
        until,
    })
}

/// The value of one attribute of a name.
fn attribute(name: &[u8], kind: &[u8]) -> Option<String> {
    let mut sets = Reader(name);
    while let Some((_, set)) = sets.next() {
        let mut pairs = Reader(set);
        while let Some((SEQUENCE, pair)) = pairs.next() {
            let mut pair = Reader(pair);
            if pair.expect(OID) == Some(kind) {
                let (_, value) = pair.next()?;
                return Some(String::from_utf8_lossy(value).into_owned());
            }
        }
    }
    None
}

fn moment(tag: u8, text: &[u8]) -> Option<DateTime<Utc>> {
    let text = std::str::from_utf8(text).ok()?;
    let text = match tag {
        // Two digits are the years from 1950 to 2049 (RFC 5280, 4.1.2.5.1).
        UTC_TIME if text.get(..2)? < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let moment = NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%SZ").ok()?;
    Some(moment.and_utc())
}

/// Values one after the other, each a tag, a length and so many bytes.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The next value with its tag.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (&[tag, length], rest) = self.0.split_first_chunk::<2>()?;
        let (length, rest) = match length {
            0..=0x7f => (usize::from(length), rest),
            // So many bytes of length follow.
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
                let shift = |sum: usize, byte: &u8| (sum << 8) | usize::from(*byte);
                (bytes.iter().fold(0, shift), rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((tag, value))
    }

    /// The next value, which has to be of this kind.
    fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        match self.next()? {
            (found, value) if found == tag => Some(value),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

    use super::*;

    /// A certificate that an authority signed.
    fn signed() -> Vec<u8> {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let name = &mut authority.distinguished_name;
        name.push(DnType::OrganizationName, "Example Trust");
        name.push(DnType::CommonName, "Example CA 1");
        let issuer = Issuer::new(authority, KeyPair::generate().unwrap());
        let mut params = CertificateParams::new(["api.example.com".to_owned()]).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, "api.example.com");
        params.not_after = rcgen::date_time_ymd(2031, 4, 5);
        let key = KeyPair::generate().unwrap();
        params.signed_by(&key, &issuer).unwrap().der().to_vec()
    }

    #[test]
    fn it_says_whose_it_is_who_signed_it_and_until_when_it_holds() {
        let certificate = read(&signed());
        assert_eq!(certificate.subject.as_deref(), Some("api.example.com"));
        let issuer = certificate.issuer.as_deref();
        assert_eq!(issuer, Some("Example Trust, Example CA 1"));
        assert_eq!(
            certificate.until,
            "2031-04-05T00:00:00Z".parse().ok(),
            "{certificate:?}"
        );
    }

    #[test]
    fn both_ways_to_write_a_year_are_read() {
        let read = |tag, text: &str| moment(tag, text.as_bytes()).map(|at| at.to_rfc3339());
        let at = |text: &str| Some(text.to_owned());
        assert_eq!(
            read(UTC_TIME, "490101000000Z"),
            at("2049-01-01T00:00:00+00:00")
        );
        assert_eq!(
            read(UTC_TIME, "500101000000Z"),
            at("1950-01-01T00:00:00+00:00")
        );
        assert_eq!(
            read(GENERALIZED_TIME, "20500101000000Z"),
            at("2050-01-01T00:00:00+00:00")
        );
        assert_eq!(read(UTC_TIME, "é"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(at in 0_usize..400, byte: u8, length in 0_usize..600) {
            let mut der = signed();
            if let Some(place) = der.get_mut(at) {
                *place = byte;
            }
            der.truncate(length);
            let _ = read(&der);
        }
    }
}
