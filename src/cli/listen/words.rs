//! What people are told on standard error.

use std::net::SocketAddr;

use super::Args;
use super::printer::Ended;
use crate::cli::callbacks::{PLAIN_HTTP, STRANGERS};
use crate::plivo::callback::{Counts, PublicUrl, Reason};

/// Where it listens, what it checks, and who can send.
pub(super) fn announcement(args: &Args, addr: SocketAddr, checked: bool) -> String {
    let mut lines = vec![format!("listening on http://{addr}/")];
    lines.extend(
        args.public_url
            .as_ref()
            .map(|url| format!("the callback URL is {url}")),
    );
    let signatures = match (checked, args.require_signature) {
        (false, _) => "signatures are not checked: PLIVO_AUTH_TOKEN is not set",
        (true, false) => {
            "signatures are checked; what is not signed is taken too (--require-signature refuses it)"
        }
        (true, true) => "only what is signed with PLIVO_AUTH_TOKEN is taken",
    };
    lines.push(signatures.to_owned());
    let exposed = !addr.ip().is_loopback() || args.public_url.is_some();
    if exposed && !args.require_signature {
        lines.push(STRANGERS.to_owned());
    }
    if args
        .public_url
        .as_ref()
        .is_some_and(PublicUrl::is_plain_http)
    {
        lines.push(PLAIN_HTTP.to_owned());
    }
    lines.join("\n")
}

/// That something was refused, and what may be wrong on this side.
pub(super) fn refused(reason: Reason, args: &Args) -> String {
    let advice = match reason {
        Reason::WrongSignature if args.public_url.is_some() => {
            ": is PLIVO_AUTH_TOKEN of the account that was asked, and --public-url the callback_url that it was given?"
        }
        Reason::WrongSignature => {
            ": is PLIVO_AUTH_TOKEN of the account that was asked? Behind a tunnel or a proxy, give its URL as --public-url"
        }
        Reason::Unsigned => ", and --require-signature is given",
        Reason::Broken => ": no JSON answer with an api_id was in it",
        Reason::TooLong | Reason::TooSlow | Reason::OtherMethod | Reason::Cut => "",
    };
    let words = reason.words();
    format!("refused: {words}{advice} (further ones are only counted)")
}

/// What became of everything that came.
pub(super) fn summary(counts: &Counts, ended: &Ended) -> String {
    let mut parts = vec![format!("taken: {}", counts.taken)];
    if let Ended::Enough {
        unprinted: more @ 1..,
    } = ended
    {
        parts.push(format!("not printed, since --count was reached: {more}"));
    }
    parts.push(format!("duplicates: {}", counts.duplicate));
    let refused: Vec<_> = Reason::ALL
        .into_iter()
        .filter_map(|reason| match counts.refused(reason) {
            0 => None,
            number => Some(format!("{number} {}", reason.words())),
        })
        .collect();
    parts.push(if refused.is_empty() {
        "refused: 0".to_owned()
    } else {
        format!("refused: {}", refused.join(", "))
    });
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            args: Args,
        }
        <Line as clap::Parser>::parse_from(line.split(' ')).args
    }

    #[test]
    fn what_is_checked_and_who_can_send_is_said() {
        let told = |line: &str, addr: &str, checked| {
            announcement(&args(line), addr.parse().unwrap(), checked)
        };
        assert_eq!(
            told("x", "127.0.0.1:8099", false),
            "listening on http://127.0.0.1:8099/\n\
             signatures are not checked: PLIVO_AUTH_TOKEN is not set"
        );
        let tunnel = told(
            "x --public-url https://hooks.example.net/plivo",
            "127.0.0.1:8099",
            true,
        );
        let lines: Vec<_> = tunnel.lines().collect();
        assert_eq!(
            lines[1],
            "the callback URL is https://hooks.example.net/plivo"
        );
        assert!(lines[2].contains("--require-signature refuses"), "{tunnel}");
        assert!(lines[3].starts_with("beware: "), "{tunnel}");
        assert_eq!(lines.len(), 4);
        let plain = told(
            "x --public-url http://hooks.example.net/plivo --require-signature",
            "127.0.0.1:8099",
            true,
        );
        assert!(plain.ends_with("use https"), "{plain}");
        let open = told("x", "0.0.0.0:8099", true);
        assert!(open.contains("beware: "), "{open}");
        let strict = told("x --require-signature", "[::]:8099", true);
        assert_eq!(
            strict,
            "listening on http://[::]:8099/\nonly what is signed with PLIVO_AUTH_TOKEN is taken"
        );
    }

    #[test]
    fn a_wrong_signature_tells_what_to_look_at() {
        let tunnel = args("x --public-url https://hooks.example.net/plivo");
        assert!(refused(Reason::WrongSignature, &tunnel).contains("--public-url the callback_url"));
        assert!(
            refused(Reason::WrongSignature, &args("x")).contains("give its URL as --public-url")
        );
        assert_eq!(
            refused(Reason::TooLong, &args("x")),
            "refused: too long (further ones are only counted)"
        );
    }

    #[test]
    fn the_summary_names_what_there_was() {
        let mut counts = Counts {
            taken: 5,
            duplicate: 1,
            ..Counts::default()
        };
        let end = Ended::NoMore { printed: 5 };
        assert_eq!(
            summary(&counts, &end),
            "taken: 5; duplicates: 1; refused: 0"
        );
        counts.wrong_signature = 2;
        counts.cut = 1;
        assert_eq!(
            summary(&counts, &Ended::Enough { unprinted: 2 }),
            "taken: 5; not printed, since --count was reached: 2; duplicates: 1; refused: 2 wrong signature, 1 never whole"
        );
    }
}
