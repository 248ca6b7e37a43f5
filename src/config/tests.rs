use std::fmt::Write;

use super::*;
use crate::app::Action;
use crate::app::keymap::{Chord, Context, Found};
use crate::app::theme::Theme;
use crate::app::{Key, KeyCode};

fn parse(text: &str) -> Result<Config, Error> {
    Config::parse(Path::new("config.toml"), text)
}

fn mistakes(text: &str) -> Vec<String> {
    match parse(text) {
        Err(Error::Mistaken { mistakes, .. }) => mistakes.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

fn settled(text: &str, profile: Option<&str>, env: &[(&str, &str)]) -> Settings {
    let config = parse(text).unwrap();
    let env = |name: &str| {
        let found = env.iter().find(|(set, _)| *set == name);
        let term = (name == "TERM").then_some("xterm");
        found.map(|(_, value)| *value).or(term).map(str::to_owned)
    };
    let voices = Voices {
        profile: profile.and_then(ProfileName::parse),
        implied: None,
        address: &|_| None,
        env: &env,
        flags: &|_| {},
    };
    config.settle(&voices).unwrap()
}

#[test]
fn every_mistake_in_a_file_is_told_with_its_line() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config/bad");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 8);
    let mut told = String::new();
    for file in files {
        let error = Config::read(&file).unwrap_err().to_string();
        let error = error.replace(&format!("{}/", folder.display()), "");
        assert!(!error.contains("hunter22") && !error.contains('\u{1b}'));
        writeln!(told, "{error}\n").unwrap();
    }
    insta::assert_snapshot!("bad_files", told);
}

/// The default file with the # taken away from its settings.
fn uncommented() -> String {
    let setting = |line: &str| {
        let rest = line.strip_prefix("# ")?;
        let table = rest.starts_with('[') && rest.ends_with(']');
        let plain = |c: char| c.is_ascii_lowercase() || matches!(c, '_' | '-');
        let named = rest.split_once(" = ");
        let setting = named.is_some_and(|(name, _)| name.chars().all(plain));
        (table || setting).then(|| rest.to_owned())
    };
    let before_profiles = DEFAULT_FILE.split("# [profiles.acme]").next().unwrap();
    let lines = before_profiles.lines();
    let lines: Vec<_> = lines
        .map(|line| setting(line).unwrap_or(line.to_owned()))
        .collect();
    lines.join("\n")
}

#[test]
fn the_default_file_changes_nothing() {
    let config = parse(DEFAULT_FILE).unwrap();
    assert_eq!(config, Config::none(PathBuf::from("config.toml")));
}

#[test]
fn the_default_file_names_every_setting_as_it_is_anyway() {
    let mut said = settled(&uncommented(), None, &[]);
    let mut usual = Settings::default();
    for (slot, usual) in said.slots().iter().zip(usual.slots()) {
        let key = slot.names().key;
        assert!(
            matches!(slot.source(), Source::File { .. }),
            "{key} is not in it"
        );
        let example = usual.write().is_empty();
        assert!(
            example || slot.write() == usual.write(),
            "{key} = {}",
            slot.write()
        );
    }
}

#[test]
fn the_later_voice_is_the_stronger_one() {
    let file = "profile = \"acme\"\n[player]\nspeed = 1.1\nvolume = 50\n\
                [profiles.acme.player]\nspeed = 1.2\n[profiles.beta.player]\nspeed = 1.3\n";
    let speed = |profile, env: &[(&str, &str)]| settled(file, profile, env).speed.value.tenths();
    assert_eq!(settled("", None, &[]).speed.source, Source::Default);
    assert_eq!(speed(None, &[]), 12);
    assert_eq!(speed(Some("beta"), &[]), 13);
    assert_eq!(speed(Some("other"), &[]), 11);
    let beta = ("CALLREEL_PROFILE", "beta");
    assert_eq!(speed(None, &[beta]), 13);
    assert_eq!(
        speed(Some("acme"), &[beta]),
        12,
        "the flag names the profile"
    );
    assert_eq!(speed(None, &[("CALLREEL_SPEED", "2")]), 20);
    let settings = settled(file, None, &[("CALLREEL_SPEED", "2")]);
    assert_eq!(
        settings.speed.source.to_string(),
        "environment CALLREEL_SPEED"
    );
    assert_eq!(settings.volume.source.to_string(), "file config.toml:4");
}

#[test]
fn the_environments_address_does_not_count_for_a_profile_that_is_named() {
    let file = "profile = \"acme\"\n[profiles.acme]\napi_url = \"http://127.0.0.1:1\"\n\
                [profiles.beta]\n";
    let address = ("CALLREEL_API_URL", "http://127.0.0.1:2");
    let url = |profile, env: &[(&str, &str)]| settled(file, profile, env).api_url;
    let acme = url(Some("acme"), &[address]);
    assert_eq!(acme.value.to_string(), "http://127.0.0.1:1");
    assert_eq!(acme.source.to_string(), "file config.toml:3");
    let beta = ("CALLREEL_PROFILE", "beta");
    assert_eq!(url(None, &[address, beta]).source, Source::Default);
    // Nobody names one in these: it is said for this run, and for whichever account this is.
    assert_eq!(url(None, &[address]).value.to_string(), address.1);
    let own = ("PLIVO_AUTH_ID", "MAAAAAAAAAAAAAAAAAAA");
    assert_eq!(url(None, &[address, own]).value.to_string(), address.1);
}

#[test]
fn an_account_that_is_kept_brings_its_address_unless_someone_says_another() {
    let address = |text: &str, flag: Option<&str>| {
        let kept = ApiBase::parse("http://127.0.0.1:1").ok();
        let voices = Voices {
            profile: ProfileName::parse("acme"),
            implied: None,
            address: &|name| kept.clone().filter(|_| name.as_str() == "acme"),
            env: &|_| None,
            flags: &|settings| {
                let flag = flag.and_then(|url| ApiBase::parse(url).ok());
                settings.api_url.flag("--api-url", flag);
            },
        };
        let url = parse(text).unwrap().settle(&voices).unwrap().api_url;
        (url.value.to_string(), url.source)
    };
    let (url, source) = address("", None);
    assert_eq!(
        (url.as_str(), source),
        ("http://127.0.0.1:1", Source::Account)
    );
    let (url, _) = address("[profiles.acme]\napi_url = \"http://127.0.0.1:2\"\n", None);
    assert_eq!(url, "http://127.0.0.1:2");
    assert_eq!(
        address("", Some("http://127.0.0.1:3")).0,
        "http://127.0.0.1:3"
    );
}

#[test]
fn a_flag_has_the_last_word() {
    let config = parse("[player]\nspeed = 1.1\n").unwrap();
    let voices = Voices {
        profile: None,
        implied: None,
        address: &|_| None,
        env: &|name| (name == "CALLREEL_SPEED").then(|| "2".to_owned()),
        flags: &|settings| settings.speed.flag("--speed", Value::parse("3")),
    };
    let speed = config.settle(&voices).unwrap().speed;
    assert_eq!(
        (speed.value.tenths(), speed.source),
        (30, Source::Flag("--speed"))
    );
}

#[test]
fn colours_and_names_reach_those_who_use_them() {
    let settings = settled(
        "[screen]\ntheme = \"light\"\n[colours]\nkey = 208\n[sides]\nleft = \"agent\"\n",
        None,
        &[],
    );
    assert_eq!(settings.theme.value, Theme::Light);
    let colours = settings.colours.colours();
    assert_eq!(colours.key, Some(ratatui::style::Color::Indexed(208)));
    assert_eq!(
        (settings.sides().left(), settings.sides().right()),
        ("agent", "right")
    );
}

#[test]
fn keys_take_the_place_of_the_usual_ones_where_the_action_has_them() {
    let config = parse(
        "[keys]\nrefresh = [\"F5\"]\nlog = \"y l\"\nback = \"Backspace\"\n[keys.typing]\nback = \"Ctrl-g\"\n",
    )
    .unwrap();
    let keys = config.keymap();
    let f5 = Key::plain(KeyCode::F(5));
    for focus in [Context::List, Context::Detail, Context::Reading] {
        assert_eq!(keys.find(focus, None, f5), Found::Action(Action::Refresh));
        assert_eq!(keys.find(focus, None, Key::char('r')), Found::Nothing);
    }
    let log = keys.find(Context::List, Some(Key::char('y')), Key::char('l'));
    assert_eq!(log, Found::Action(Action::Log));
    let escape = Key::plain(KeyCode::Esc);
    assert_eq!(keys.find(Context::List, None, escape), Found::Nothing);
    assert_eq!(keys.find(Context::Typing, None, escape), Found::Nothing);
    let left = keys.chords(Context::Typing, Action::Back);
    assert_eq!(left.collect::<Vec<_>>(), [Chord::One(Key::ctrl('g'))]);
}

#[test]
fn a_key_of_the_list_takes_none_from_where_things_are_chosen() {
    let config = parse("[keys]\npause = [\"Space\", \"F4\"]\nshow-column = \"F6\"\n").unwrap();
    let choosing = |key| config.keymap().find(Context::Choosing, None, key);
    assert_eq!(choosing(Key::char(' ')), Found::Nothing);
    let f6 = choosing(Key::plain(KeyCode::F(6)));
    assert_eq!(f6, Found::Action(Action::ShowColumn));
    assert_eq!(choosing(Key::plain(KeyCode::F(4))), Found::Nothing);
}

#[test]
fn a_place_has_the_last_word_on_its_keys_wherever_it_stands() {
    for text in [
        "[keys]\nrow-down = \"F2\"\n[keys.list]\nrow-down = \"F3\"\n",
        "[keys.list]\nrow-down = \"F3\"\n[keys]\nrow-down = \"F2\"\n",
    ] {
        let config = parse(text).unwrap();
        let bound = |place| {
            let chords = config.keymap().chords(place, Action::RowDown);
            chords.map(|chord| chord.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(bound(Context::List), ["F3"]);
        assert_eq!(bound(Context::Reading), ["F2"]);
    }
}

#[test]
fn every_action_can_have_another_key() {
    for about in crate::app::action::ACTIONS {
        let table = match about.action {
            Action::Accept => "keys.typing",
            _ => "keys",
        };
        let text = format!("[{table}]\n{} = [\"F5\", \"Ctrl-c\"]\n", about.name);
        let free = text.replace(", \"Ctrl-c\"", "");
        let text = if about.action == Action::Quit {
            text
        } else {
            free
        };
        let config = parse(&text).unwrap_or_else(|error| panic!("{error}"));
        let bound = |b: &crate::app::keymap::Binding| {
            b.action == about.action && b.chord == Chord::One(Key::plain(KeyCode::F(5)))
        };
        assert!(
            config.keymap().bindings().iter().any(bound),
            "{}",
            about.name
        );
    }
}

#[test]
fn a_clash_is_told_at_the_line_that_makes_it() {
    assert_eq!(
        mistakes("[keys]\n\nplay = \"z\"\n"),
        [
            "line 3: keys.play: z is bound to stop already, where it usually is: take one of them away"
        ]
    );
    assert!(parse("[keys]\nplay = \"z\"\nstop = \"Z\"\n").is_ok());
}

#[test]
fn a_file_that_is_missing_is_a_mistake_only_where_it_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().to_string_lossy().into_owned();
    let env = |name: &str| (name == "XDG_CONFIG_HOME").then(|| here.clone());
    assert!(Config::load(&Paths::new(None, env)).is_ok());
    let named = Paths::new(Some(folder.path().join("no.toml")), env);
    let told = Config::load(&named).unwrap_err().to_string();
    assert!(told.contains("no.toml cannot be read"), "{told}");
}

#[test]
fn a_file_that_is_no_configuration_is_not_read_to_its_end() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let line = "# nothing\n".repeat(1_000);
    for _ in 0..30 {
        std::io::Write::write_all(&mut file, line.as_bytes()).unwrap();
    }
    assert!(matches!(Config::read(file.path()), Err(Error::TooLarge(_))));
}
