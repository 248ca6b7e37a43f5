//! What the command line says of itself: every `--help`, the completions, the manual page.
//!
//! After a change look at each, then accept: `cargo insta review`, or `INSTA_UPDATE=always`.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::process::Command;

use callreel::cli::Cli;
use clap::CommandFactory;

/// What callreel prints, on a terminal of 100 columns.
fn printed(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_callreel"))
        .args(arguments)
        .env_clear()
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Every command by its words, the program itself first.
fn commands() -> Vec<Vec<String>> {
    fn walk(command: &clap::Command, words: &[String], all: &mut Vec<Vec<String>>) {
        all.push(words.to_vec());
        for below in command.get_subcommands().filter(|c| c.get_name() != "help") {
            let words = [words, &[below.get_name().to_owned()]].concat();
            walk(below, &words, all);
        }
    }
    let mut all = Vec::new();
    walk(&Cli::command(), &[], &mut all);
    all
}

#[test]
fn every_help() {
    for words in commands() {
        let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        arguments.push("--help");
        let name = match words.join("_") {
            none if none.is_empty() => "callreel".to_owned(),
            name => name,
        };
        insta::assert_snapshot!(format!("help_{name}"), printed(&arguments));
    }
}

#[test]
fn completions_of_every_shell() {
    // Long, and made by clap_complete: that each is there, and knows our words, is what is ours.
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = printed(&["completions", shell]);
        for word in [
            "callreel",
            "listen",
            "--demo",
            "--profile",
            "--skip-silence",
        ] {
            let plain = word.trim_start_matches('-');
            assert!(script.contains(plain), "{shell} does not know {word}");
        }
    }
    insta::assert_snapshot!("completions_fish", printed(&["completions", "fish"]));
}

#[test]
fn the_manual_page() {
    let page = printed(&["man"]);
    insta::assert_snapshot!("man", page);
    for words in commands() {
        let mut arguments = vec!["man"];
        arguments.extend(words.iter().map(String::as_str));
        let page = printed(&arguments);
        assert!(page.contains(".SH NAME"), "{words:?}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_callreel"))
        .args(["man", "nothing"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn no_help_shows_what_the_environment_holds() {
    for words in commands() {
        let mut arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        arguments.push("--help");
        let output = Command::new(env!("CARGO_BIN_EXE_callreel"))
            .args(&arguments)
            .env_clear()
            .env("PLIVO_AUTH_TOKEN", "hunter22")
            .env("CALLREEL_API_URL", "https://hunter22.example.net")
            .env("CALLREEL_CALLBACK_URL", "https://hunter22.example.net")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains("hunter22"), "{words:?}");
    }
}

/// What stands on a command line is seen by every user of the machine, and kept by shells.
#[test]
fn no_flag_takes_a_secret() {
    fn look(command: &clap::Command) {
        for argument in command.get_arguments() {
            let name = argument
                .get_long()
                .unwrap_or_else(|| argument.get_id().as_str());
            let secret = ["token", "password", "secret"]
                .iter()
                .any(|word| name.contains(word));
            assert!(!secret, "{} takes {name}", command.get_name());
        }
        command.get_subcommands().for_each(look);
    }
    look(&Cli::command());
}

/// Who writes the credentials into the address is told so, on a screen that others may see too.
#[test]
fn a_token_in_the_api_url_is_not_quoted() {
    const TOKEN: &str = "hunter22hunter22";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    let (file, id) = (file.to_str().unwrap(), "MAGWNTM3ZTK1M2YZMDUU");
    for (form, words) in [
        ("https://ID:TOKEN@api.plivo.com", "user name or password"),
        ("ID:TOKEN@api.plivo.com", "user name or password"),
        ("https://TOKEN@api.plivo.com", "user name or password"),
        ("https://ID:TOKEN@", "user name or password"),
        ("ftp://ID:TOKEN@api.plivo.com", "user name or password"),
        ("ID:TOKEN", "not an address"),
        ("TOKEN", "not an address"),
    ] {
        let url = form.replace("ID", id).replace("TOKEN", TOKEN);
        let toml = format!("api_url = \"{url}\"\n");
        std::fs::write(file, toml).unwrap();
        let flag = ["--api-url", &url];
        for (arguments, variable) in [
            (vec!["list", flag[0], flag[1]], None),
            (vec!["list", flag[0], flag[1], "--output", "json"], None),
            (vec!["auth", "add", "acme", flag[0], flag[1]], None),
            (vec!["doctor", flag[0], flag[1]], None),
            (vec![flag[0], flag[1]], None),
            (vec!["list"], Some(("CALLREEL_API_URL", url.as_str()))),
            (
                vec!["list", "--output", "json"],
                Some(("CALLREEL_API_URL", url.as_str())),
            ),
            (vec!["list"], Some(("CALLREEL_CONFIG", file))),
            (vec!["config", "check"], Some(("CALLREEL_CONFIG", file))),
            (vec!["doctor"], Some(("CALLREEL_CONFIG", file))),
        ] {
            let output = Command::new(env!("CARGO_BIN_EXE_callreel"))
                .args(&arguments)
                .env_clear()
                .env("HOME", folder.path())
                .envs(variable)
                .stdin(std::process::Stdio::null())
                .output()
                .unwrap();
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8(said).unwrap();
            assert!(!said.to_lowercase().contains(TOKEN), "{arguments:?} {said}");
            assert!(said.contains(words), "{arguments:?} {variable:?} {said}");
            assert_ne!(output.status.code(), Some(0), "{said}");
        }
    }
}
