use axum::http::Request;
use serde_json::json;

use super::*;

// The signatures below were made by the official SDK for Python 4.63.0, with this token and this nonce:
//   from plivo.utils.signature_v3 import *
//   text = (construct_get_url if method == "GET" else construct_post_url)(uri, params).decode()
//   get_signature_v3(b"hunter22hunter22", text, b"05429567804466091622")
// and each was found right by its validate_v3_signature.
const TOKEN: &str = "hunter22hunter22";
const NONCE_VALUE: &str = "05429567804466091622";
const HOOK: &str = "https://hooks.example.net/plivo";

fn verifier(public: Option<&str>) -> Verifier {
    Verifier::new(
        Some(&TOKEN.into()),
        public.map(|url| PublicUrl::parse(url).unwrap()),
    )
}

fn head(method: &str, target: &str, headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::builder().method(method).uri(target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn signed(method: &str, target: &str, signature: &str) -> Parts {
    let headers = [
        ("host", "hooks.example.net"),
        (SIGNATURES[0], signature),
        (NONCE, NONCE_VALUE),
    ];
    head(method, target, &headers)
}

fn fields(fields: &[(&str, &str)]) -> Payload {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Payload::Fields(fields.iter().map(owned).collect())
}

fn members(value: Value) -> Payload {
    Payload::Members(value.as_object().unwrap().clone())
}

#[test]
fn headers_have_the_names_that_the_api_sends() {
    let names = ["X-Plivo-Signature-V3", "X-Plivo-Signature-Ma-V3"];
    assert!(
        names
            .iter()
            .zip(SIGNATURES)
            .all(|(sent, read)| sent.eq_ignore_ascii_case(read))
    );
    assert!("X-Plivo-Signature-V3-Nonce".eq_ignore_ascii_case(NONCE));
}

/// A small one, signed as a form over `HOOK`.
const RESPONSE: &str = r#"{"api_id": "a-1"}"#;
const OVER_HOOK_WITH_QUERY: &str = "rU7hcODqwNvGS31lQfMUku7K7o4Yn5M1LLx0WC7dfrw=";

#[test]
fn what_the_official_sdk_signs_is_right() {
    let get = "/plivo?z=1&response=%7B%22api_id%22%3A%22a-1%22%7D&a=x+y&a=w%26&e=";
    let query = get.split_once('?').unwrap().1;
    let nested = json!({
        "api_id": "a-1", "limit": 20, "tags": ["b", "a", 10, 9],
        "meta": {"z": "1", "next": "", "inner": {"k": 1.5}}, "none": [],
    });
    for (method, target, payload, signature) in [
        (
            "GET",
            get,
            Payload::of_query(query).unwrap(),
            "I75TqAMHhILnIvFRPDiUoXEuEPC4dYgahaXP073rHsg=",
        ),
        (
            "GET",
            "/plivo",
            fields(&[]),
            "uFXjm16O/gUmzewDMWNvWtt1vH6FlKtdOVi2eWzbxBw=",
        ),
        (
            "POST",
            "/plivo",
            fields(&[
                ("response", r#"{"api_id": "a-1", "name": "Zoë"}"#),
                ("api_id", "b"),
                ("api_id", "a"),
            ]),
            "dcO89/VvM0KmN3JEEvrIH8cTpyV9kFbQCnDlLgaE1Hk=",
        ),
        (
            "POST",
            "/plivo?z=1&a=x+y",
            fields(&[("response", RESPONSE)]),
            OVER_HOOK_WITH_QUERY,
        ),
        (
            "POST",
            "/plivo",
            members(nested),
            "ngYU087Aa049JkVz5V7nPUqcoh4Kaig7DhPb+SAQAJY=",
        ),
        (
            "POST",
            "/plivo?x=1",
            fields(&[]),
            "CZyIP3pnHgMUB7900gcqmoL4E+fyscgg9J8f6Y+wFHw=",
        ),
        (
            "POST",
            "/plivo",
            members(json!({})),
            "uFXjm16O/gUmzewDMWNvWtt1vH6FlKtdOVi2eWzbxBw=",
        ),
    ] {
        let request = signed(method, target, signature);
        let verifier = verifier(Some(HOOK));
        assert_eq!(
            verifier.check(&request, &payload),
            Ok(Signature::Signed),
            "{method} {target}"
        );
        // Anything else under the same signature is wrong.
        let other = fields(&[("response", "{}")]);
        let requests = [
            (
                signed(
                    method,
                    &format!("{target}&q=2").replacen("/plivo&", "/plivo?", 1),
                    signature,
                ),
                &payload,
            ),
            (signed("POST", target, signature), &other),
        ];
        for (request, payload) in requests {
            assert_eq!(verifier.check(&request, payload), Err(Wrong), "{request:?}");
        }
    }
}

#[test]
fn a_local_sender_signs_the_url_that_it_reaches() {
    // construct_post_url("http://127.0.0.1:8099", ...): a URL without a path is asked for as "/".
    let payload = fields(&[("response", r#"{"api_id":"a-1"}"#)]);
    let signature = "/WGlP8JvekHKv7tHPBoDoTr3OWef1CPqoDlyNHIZKhY=";
    let check = |host: &str, target: &str| {
        let headers = [
            ("host", host),
            (SIGNATURES[0], signature),
            (NONCE, NONCE_VALUE),
        ];
        verifier(None).check(&head("POST", target, &headers), &payload)
    };
    assert_eq!(check("127.0.0.1:8099", "/"), Ok(Signature::Signed));
    assert_eq!(check("127.0.0.1:8099", "/x"), Err(Wrong));
    assert_eq!(check("127.0.0.1:8098", "/"), Err(Wrong));
}

#[test]
fn the_url_that_was_given_to_the_sender_counts() {
    let payload = fields(&[("response", RESPONSE)]);
    let check = |public: Option<&str>, target: &str| {
        verifier(public).check(&signed("POST", target, OVER_HOOK_WITH_QUERY), &payload)
    };
    let target = "/plivo?z=1&a=x+y";
    assert_eq!(check(Some(HOOK), target), Ok(Signature::Signed));
    // The proxy strips the path, or the query.
    assert_eq!(check(Some(HOOK), "/?z=1&a=x+y"), Ok(Signature::Signed));
    assert_eq!(
        check(Some("https://hooks.example.net/plivo?z=1&a=x+y"), "/"),
        Ok(Signature::Signed)
    );
    // Only the tunnel's origin was named.
    assert_eq!(
        check(Some("https://hooks.example.net"), target),
        Ok(Signature::Signed)
    );
    // Without it the request looks like plain http; and another path is another URL.
    assert_eq!(check(None, target), Err(Wrong));
    assert_eq!(
        check(Some("https://hooks.example.net/other"), target),
        Err(Wrong)
    );
    assert_eq!(
        check(Some("https://hooks.example.org/plivo"), target),
        Err(Wrong)
    );
}

/// Senders sign the URL as they were given it: with the port that goes without saying, in capitals, with dots.
#[test]
fn the_given_url_counts_as_it_was_written() {
    let payload = fields(&[("response", RESPONSE)]);
    for (public, target, signature) in [
        (
            "https://Hooks.Example.net:443/plivo",
            "/plivo",
            "jgWCusJbDCaJDdlbRtdWxLokOyZNNJFsIWcaIwhcXBU=",
        ),
        (
            "https://Hooks.Example.net:443",
            "/other/x?z=1",
            "0O/zEgS5smfrTgVyCI/7dXPRTXKnlfTGGqQcIqD6uAA=",
        ),
        (
            "https://hooks.example.net/a/../plivo?z=1#top",
            "/plivo?z=1",
            "0yCtZvZJW5N9Lt9W5hDoSaC7Zu3nSGJaktnLv3OiwRw=",
        ),
    ] {
        let request = signed("POST", target, signature);
        assert_eq!(
            verifier(Some(public)).check(&request, &payload),
            Ok(Signature::Signed),
            "{public}"
        );
    }
}

#[test]
fn one_right_signature_of_several_does() {
    let payload = fields(&[("response", RESPONSE)]);
    let target = "/plivo?z=1&a=x+y";
    let check = |headers: &[(&str, &str)]| {
        verifier(Some(HOOK)).check(&head("POST", target, headers), &payload)
    };
    let wrong = "uFXjm16O/gUmzewDMWNvWtt1vH6FlKtdOVi2eWzbxBw=";
    let nonce = (NONCE, NONCE_VALUE);
    let several = format!("{wrong}, nonsense,{OVER_HOOK_WITH_QUERY}");
    for right in [
        &[(SIGNATURES[0], several.as_str()), nonce][..],
        &[
            (SIGNATURES[0], wrong),
            (SIGNATURES[0], OVER_HOOK_WITH_QUERY),
            nonce,
        ],
        // Signed with the token of the main account, by which the call was made for a subaccount.
        &[
            (SIGNATURES[0], wrong),
            (SIGNATURES[1], OVER_HOOK_WITH_QUERY),
            nonce,
        ],
        &[(SIGNATURES[1], OVER_HOOK_WITH_QUERY), nonce],
    ] {
        assert_eq!(check(right), Ok(Signature::Signed), "{right:?}");
    }
    let very_many = format!(
        "{}{OVER_HOOK_WITH_QUERY}",
        format!("{wrong},").repeat(MOST_SIGNATURES)
    );
    let cut = OVER_HOOK_WITH_QUERY.strip_suffix("frw=").unwrap();
    for bad in [
        &[(SIGNATURES[0], wrong), nonce][..],
        &[(SIGNATURES[0], ""), nonce],
        &[(SIGNATURES[0], cut), nonce],
        &[(SIGNATURES[0], very_many.as_str()), nonce],
        &[(SIGNATURES[0], OVER_HOOK_WITH_QUERY)],
        &[(SIGNATURES[0], OVER_HOOK_WITH_QUERY), (NONCE, "1")],
    ] {
        assert_eq!(check(bad), Err(Wrong), "{bad:?}");
    }
}

#[test]
fn without_a_signature_or_a_token_nothing_is_claimed() {
    let payload = fields(&[("response", RESPONSE)]);
    let unsigned = head("POST", "/plivo", &[(NONCE, NONCE_VALUE)]);
    assert_eq!(
        verifier(None).check(&unsigned, &payload),
        Ok(Signature::Unsigned)
    );
    let wrong = signed("POST", "/plivo", "AAAA");
    assert_eq!(verifier(None).check(&wrong, &payload), Err(Wrong));
    for request in [unsigned, wrong] {
        let verifier = Verifier::new(None, None);
        assert_eq!(verifier.check(&request, &payload), Ok(Signature::Unchecked));
    }
}

#[test]
fn what_the_sdk_leaves_open_is_signed_as_json() {
    let text = sorted_members(
        json!({"b": true, "n": null, "o": [{"z": 1, "a": [2]}], "l": [true, null, 1.50, "x"]})
            .as_object()
            .unwrap(),
    );
    assert_eq!(
        text,
        [
            "btrue",
            "l1.5",
            "lnull",
            "ltrue",
            "lx",
            "nnull",
            r#"o[{"z":1,"a":[2]}]"#
        ]
        .concat()
    );
}

#[test]
fn the_token_is_never_shown() {
    assert!(!format!("{:?}", verifier(None)).contains(TOKEN));
}
