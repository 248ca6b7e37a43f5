//! A configuration that came from elsewhere: a dotfile repository, a disk that is shared.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Output;

use callreel::app::toml::quoted;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use toml::{Table, Value};

use super::program::{checked, command};
use crate::words::hostile;

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

fn run(home: &Path, file: &Path, line: &str) -> Output {
    let config = [("CALLREEL_CONFIG", file.as_os_str())];
    checked(command(NOWHERE, home, &config).args(line.split(' ')))
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

/// The table as a file.
fn lines(table: &Table) -> String {
    let line = |(key, value): (&String, &Value)| format!("{} = {}\n", quoted(key), inline(value));
    table.iter().map(line).collect()
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Boolean(truth) => truth.to_string(),
        Value::Datetime(time) => time.to_string(),
        Value::Array(list) => {
            let parts: Vec<_> = list.iter().map(inline).collect();
            format!("[{}]", parts.join(", "))
        }
        Value::Table(table) => {
            let pair =
                |(key, value): (&String, &Value)| format!("{} = {}", quoted(key), inline(value));
            let pairs: Vec<_> = table.iter().map(pair).collect();
            format!("{{ {} }}", pairs.join(", "))
        }
    }
}

/// What `config show` prints with this file in effect, as TOML.
fn shown(home: &Path, config: &Table) -> Table {
    let file = home.join("config.toml");
    fs::write(&file, lines(config)).unwrap();
    let output = run(home, &file, "config show");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().parse().unwrap()
}

#[test]
fn what_a_file_says_is_shown_as_it_is_and_obeyed_by_no_terminal() {
    let home = tempfile::tempdir().unwrap();
    for sink in [
        "device:\u{202e}Kopfhörer \u{200b}\"x\\",
        "command:printf '\u{2066}'\n\ttrue",
        "socket:/run/\u{e0041}x",
    ] {
        let view = Table::from_iter([
            ("conference".into(), text("\u{202e}x\u{200b} y")),
            ("from".into(), text("-7d")),
        ]);
        let config = Table::from_iter([
            (
                "player".into(),
                Table::from_iter([("sink".into(), text(sink))]).into(),
            ),
            (
                "views".into(),
                Table::from_iter([("week".into(), view.into())]).into(),
            ),
            (
                "keys".into(),
                Table::from_iter([("help".into(), text("\""))]).into(),
            ),
        ]);
        let once = shown(home.path(), &config);
        assert_eq!(once["player"]["sink"], text(sink));
        let conference = once["views"]["week"]["conference"].as_str().unwrap();
        assert!(conference.contains("\u{202e}x\u{200b} y"), "{conference:?}");
        assert_eq!(once["keys"]["help"].as_array().unwrap(), &[text("\"")]);
        // It is a configuration, and the same one.
        assert_eq!(shown(home.path(), &once), once);
    }
}

/// Whatever stands wherever, names of keys, tables and accounts too: each command says what is wrong, and no terminal obeys it.
#[test]
fn no_mistake_in_a_file_is_obeyed() {
    let config = Config {
        cases: 6,
        failure_persistence: None,
        ..Config::default()
    };
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("config.toml");
    TestRunner::new(config)
        .run(&prop::collection::vec(hostile(), 12), |texts| {
            let value = |at: usize| text(&texts[at]);
            let table = |pairs: &[(&str, Value)]| {
                let pairs = pairs.iter();
                let pairs = pairs.map(|(key, value)| ((*key).to_owned(), value.clone()));
                Value::Table(pairs.collect())
            };
            let profile = table(&[
                ("auth_id", value(0)),
                ("token_file", value(1)),
                ("api_url", value(2)),
            ]);
            let files = [
                table(&[("player", table(&[("sink", value(3)), ("speed", value(4))]))]),
                table(&[("audit", value(5)), (texts[6].as_str(), value(7))]),
                table(&[(
                    "keys",
                    table(&[("help", value(8)), (texts[9].as_str(), value(10))]),
                )]),
                table(&[(
                    "views",
                    table(&[
                        ("w", table(&[("conference", value(11)), ("from", value(0))])),
                        (texts[1].as_str(), value(2)),
                    ]),
                )]),
                table(&[(
                    "profiles",
                    table(&[
                        ("acme", profile.clone()),
                        (texts[3].as_str(), profile.clone()),
                    ]),
                )]),
                table(&[(
                    "profiles",
                    table(&[("acme", table(&[("token_file", value(1))]))]),
                )]),
            ];
            for config in files {
                fs::write(&file, lines(config.as_table().unwrap())).unwrap();
                for line in ["config check", "config show", "auth list"] {
                    run(home.path(), &file, line);
                }
            }
            fs::write(&file, texts.concat()).unwrap();
            for line in [
                "config check",
                "doctor --sink null --profile acme",
                "audit path",
                "list --view w",
            ] {
                run(home.path(), &file, line);
            }
            // Flags and variables are told with what they say.
            for line in [
                ["list", "--from"],
                ["play", "--sink"],
                ["stats", "--tz"],
                ["doctor", "--api-url"],
            ] {
                let hostile = OsStr::new(&texts[4]);
                if !texts[4].contains('\0') {
                    checked(command(NOWHERE, home.path(), &[]).args(line).arg(hostile));
                }
            }
            for variable in [
                "CALLREEL_SINK",
                "CALLREEL_AUDIT",
                "CALLREEL_TZ",
                "CALLREEL_API_URL",
                "PLIVO_AUTH_ID",
            ] {
                if !texts[5].contains('\0') {
                    let environment = [(variable, OsStr::new(&texts[5]))];
                    checked(command(NOWHERE, home.path(), &environment).args(["stats"]));
                }
            }
            Ok(())
        })
        .unwrap();
}
