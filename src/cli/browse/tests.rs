use clap::{CommandFactory, Parser};

use super::*;
use crate::cli::Cli;

fn args(line: &str) -> Result<Args, clap::Error> {
    let words = std::iter::once("callreel").chain(line.split_whitespace());
    Cli::try_parse_from(words).map(|cli| cli.browse)
}

const ID: &str = "MA0123456789ABCDEFGH";

fn chosen(line: &str, env: &[(&str, &str)]) -> Result<Choice, Failure> {
    choose(&args(line).unwrap(), |name| {
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
fn what_is_browsed_follows_from_flags_and_environment() {
    let both = [
        ("PLIVO_AUTH_ID", ID),
        ("PLIVO_AUTH_TOKEN", "an-ordinary-token"),
    ];
    assert!(matches!(chosen("--demo", &both), Ok(Choice::Demo)));
    assert!(matches!(chosen("", &both), Ok(Choice::Real(..))));
    for (env, missing) in [
        (&[][..], "PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN are not set"),
        (&both[..1], "PLIVO_AUTH_TOKEN is not set"),
        (&both[1..], "PLIVO_AUTH_ID is not set"),
        (
            &[("PLIVO_AUTH_ID", ID), ("PLIVO_AUTH_TOKEN", " ")],
            "PLIVO_AUTH_TOKEN is not set",
        ),
    ] {
        assert!(matches!(chosen("", env), Ok(Choice::Missing(why)) if why == missing));
    }
}

#[test]
fn wrong_credentials_have_an_exit_code_of_their_own() {
    let Err(failure) = chosen(
        "",
        &[("PLIVO_AUTH_ID", "ma12"), ("PLIVO_AUTH_TOKEN", "secret")],
    ) else {
        panic!("taken")
    };
    assert_eq!(failure.code, CREDENTIALS);
    assert!(!format!("{:?}", failure.error).contains("secret"));
    let Err(failure) = chosen("--api-url http://example.com", &[]) else {
        panic!("taken")
    };
    assert_eq!(failure.code, super::super::FAILED);
}

#[test]
fn a_wrong_filter_names_its_flag_and_gives_an_example() {
    let wrong = args("--from nonsense --to-number 12").unwrap().filter;
    let told = criteria(&wrong, &Zone::utc())
        .unwrap_err()
        .error
        .to_string();
    assert!(
        told.contains("--to-number: ") && told.contains("for example"),
        "{told}"
    );
    let wrong = args("--from nonsense").unwrap().filter;
    let told = criteria(&wrong, &Zone::utc())
        .unwrap_err()
        .error
        .to_string();
    assert!(
        told.contains("--from: ") && told.contains("for example"),
        "{told}"
    );
    let right = args("--from -7d --either-number +14155550100")
        .unwrap()
        .filter;
    assert!(criteria(&right, &Zone::utc()).is_ok());
}

#[test]
fn flags_that_contradict_are_refused() {
    assert!(args("--tz Europe/Lisbon --utc").is_err());
    assert!(args("--local --utc").is_err());
    assert!(args("--recordings 10").is_err(), "without --demo");
    assert!(args("--rate 61").is_err());
    assert!(args("--demo emulator").is_err());
    assert!(args("--demo --recordings 10 --era legacy --fault cut").is_ok());
}

#[test]
fn colours_follow_the_environment() {
    let with = |env: &[(&str, &str)]| {
        theme(|name| {
            env.iter()
                .find(|(set, _)| *set == name)
                .map(|(_, value)| (*value).to_owned())
        })
    };
    assert_eq!(with(&[("TERM", "xterm-256color")]), Theme::Terminal);
    assert_eq!(
        with(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]),
        Theme::Mono
    );
    assert_eq!(
        with(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]),
        Theme::Terminal
    );
    assert_eq!(with(&[("TERM", "vt220")]), Theme::Mono);
    assert_eq!(with(&[]), Theme::Mono);
}
