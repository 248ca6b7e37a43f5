use clap::{CommandFactory, Parser};

use super::*;
use crate::app::zone::Zone;
use crate::cli::{CREDENTIALS, Cli};

fn args(line: &str) -> Result<Args, clap::Error> {
    let words = std::iter::once("callreel").chain(line.split_whitespace());
    Cli::try_parse_from(words).map(|cli| cli.browse)
}

const ID: &str = "MA0123456789ABCDEFGH";

fn found(line: &str, env: &[(&str, &str)]) -> Result<Found, Failure> {
    args(line).unwrap().api.find(|name| {
        env.iter()
            .find(|(set, _)| *set == name)
            .map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn the_command_line_is_well_formed() {
    Cli::command().debug_assert();
}

#[test]
fn no_flag_takes_credentials() {
    let help = Cli::command().render_long_help().to_string();
    assert!(help.contains("PLIVO_AUTH_TOKEN"));
    assert!(!help.contains("--auth") && !help.contains("--token"));
    assert!(!help.contains("debug-panic"));
}

#[test]
fn the_account_is_found_in_the_environment() {
    let both = [
        ("PLIVO_AUTH_ID", ID),
        ("PLIVO_AUTH_TOKEN", "an-ordinary-token"),
    ];
    assert!(matches!(found("", &both), Ok(Found::Account(..))));
    for (env, missing) in [
        (&[][..], "PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN are not set"),
        (&both[..1], "PLIVO_AUTH_TOKEN is not set"),
        (&both[1..], "PLIVO_AUTH_ID is not set"),
        (
            &[("PLIVO_AUTH_ID", ID), ("PLIVO_AUTH_TOKEN", " ")],
            "PLIVO_AUTH_TOKEN is not set",
        ),
    ] {
        assert!(matches!(found("", env), Ok(Found::Missing(why)) if why == missing));
    }
}

#[test]
fn wrong_credentials_have_an_exit_code_of_their_own() {
    let Err(failure) = found(
        "",
        &[("PLIVO_AUTH_ID", "ma12"), ("PLIVO_AUTH_TOKEN", "secret")],
    ) else {
        panic!("taken")
    };
    assert_eq!(failure.code, CREDENTIALS);
    assert!(!format!("{:?}", failure.error).contains("secret"));
    assert!(args("--api-url http://example.com").is_err());
    let Err(failure) = found("", &[("CALLREEL_API_URL", "http://example.com")]) else {
        panic!("taken")
    };
    assert_eq!(failure.code, super::super::FAILED);
}

#[test]
fn a_wrong_filter_names_its_flag_and_gives_an_example() {
    let wrong = args("--from nonsense --to-number 12").unwrap().filter;
    let told = wrong.criteria(&Zone::utc()).unwrap_err().error.to_string();
    assert!(
        told.contains("--to-number: ") && told.contains("for example"),
        "{told}"
    );
    let wrong = args("--from nonsense").unwrap().filter;
    let told = wrong.criteria(&Zone::utc()).unwrap_err().error.to_string();
    assert!(
        told.contains("--from: ") && told.contains("for example"),
        "{told}"
    );
    let right = args("--from -7d --either-number +14155550100")
        .unwrap()
        .filter;
    assert!(right.criteria(&Zone::utc()).is_ok());
}

#[test]
fn flags_that_contradict_are_refused() {
    assert!(args("--tz Europe/Lisbon --utc").is_err());
    assert!(args("--local --utc").is_err());
    assert!(args("--recordings 10").is_err(), "without --demo");
    assert!(args("--rate 61").is_err());
    assert!(args("--async").is_err(), "without --demo");
    assert!(args("--demo emulator").is_err());
    assert!(args("--demo --recordings 10 --era legacy --fault cut").is_ok());
}

#[test]
fn the_way_of_callbacks_has_two_ends() {
    let receiving = |line: &str, base: &str| {
        let base = ApiBase::parse(base).unwrap();
        args(line).unwrap().callbacks.for_receiving(&base)
    };
    const PLIVO: &str = "https://api.plivo.com";
    const HERE: &str = "http://127.0.0.1:8080";
    assert!(receiving("", PLIVO).unwrap().is_none());
    let both = "--callback-url https://hooks.example.net/plivo --callback-listen 127.0.0.1:8099";
    let way = receiving(both, PLIVO).unwrap().unwrap();
    assert_eq!(way.listen.port(), 8099);
    assert_eq!(way.url.unwrap().path(), "/plivo");
    assert_eq!(way.method.as_str(), "POST");
    assert!(
        receiving("--callback-listen 127.0.0.1:0", HERE)
            .unwrap()
            .is_some()
    );
    for (line, says) in [
        (
            "--callback-url https://hooks.example.net/",
            "--callback-listen",
        ),
        ("--callback-listen 127.0.0.1:8099", "needs --callback-url"),
        (
            "--callback-listen 127.0.0.1:8099 --callback-url http://127.0.0.1:8099/",
            "cannot reach 127.0.0.1",
        ),
        (
            "--callback-listen 127.0.0.1:8099 --callback-url http://[::1]:8099/",
            "cannot reach [::1]",
        ),
    ] {
        let told = receiving(line, PLIVO).unwrap_err().error.to_string();
        assert!(told.contains(says), "{told}");
    }
    for wrong in [
        "--callback-url ftp://example.com/",
        "--callback-url example.com/x",
        "--callback-url https://me:secret@example.com/",
        "--callback-method PUT",
        "--callback-timeout 0",
        "--callback-timeout -1",
        "--callback-listen nowhere",
    ] {
        assert!(args(wrong).is_err(), "{wrong}");
    }
    assert!(args("--demo --async --callback-method get --callback-timeout 3").is_ok());
}
