//! What the screen can look like here: size, colours, signs, copying.

use std::time::Duration;

use super::report::{Finding, Section, State};
use super::within;
use crate::app::Size;
use crate::app::theme::Theme;
use crate::config::Settings;
use crate::runtime::clipboard::Way;
use crate::runtime::question;
use crate::runtime::terminal::{self, Tty};

/// The smallest screen that is drawn; the README names it.
const LEAST: Size = Size {
    width: 40,
    height: 10,
};
/// A terminal at the other end of the world answers within this.
const PATIENCE: Duration = Duration::from_secs(1);

/// Looks at the environment, and asks the terminal if there is one.
pub(super) async fn look(settings: &Settings, env: &impl Fn(&str) -> Option<String>) -> Section {
    let mut findings = Vec::new();
    match Tty::open() {
        Err(terminal::Error::NotATerminal) => findings.push(Finding::new(
            State::Note,
            "standard output is no terminal: browsing needs one, the other commands do not",
        )),
        Err(error) => findings.push(Finding::new(State::Warning, error.to_string())),
        Ok(tty) => {
            findings.push(size(tty.size()));
            let asked = move || question::shows_whole_updates(&tty, PATIENCE);
            findings.push(updates(within(PATIENCE * 2, "", asked).await));
        }
    }
    findings.push(colours(settings.theme.value, env));
    findings.push(signs(env));
    findings.push(copying(Way::from_env(), env));
    findings.extend(inside(env));
    Section {
        name: "terminal",
        findings,
    }
}

fn size(size: Size) -> Finding {
    let Size { width, height } = size;
    let words = format!("{width} × {height} cells");
    match width < LEAST.width || height < LEAST.height {
        false => Finding::new(State::Good, words),
        true => Finding::new(
            State::Warning,
            format!("{words} are too few for the screen"),
        )
        .advice(format!(
            "at least {} × {} are needed",
            LEAST.width, LEAST.height
        )),
    }
    .data(serde_json::json!({ "width": width, "height": height }))
}

fn updates(asked: Result<std::io::Result<Option<bool>>, String>) -> Finding {
    match asked {
        Ok(Ok(Some(true))) => Finding::new(
            State::Good,
            "the screen changes as a whole, without flicker",
        ),
        Ok(Ok(Some(false))) => Finding::new(
            State::Note,
            "the screen does not change as a whole, and can flicker",
        ),
        _ => Finding::new(
            State::Note,
            "the terminal does not tell whether it changes the screen as a whole",
        ),
    }
}

fn colours(theme: Theme, env: impl Fn(&str) -> Option<String>) -> Finding {
    let term = env("TERM").unwrap_or_default();
    let truecolor =
        env("COLORTERM").is_some_and(|value| matches!(value.as_str(), "truecolor" | "24bit"));
    let many = match (truecolor, term.contains("256color")) {
        (true, _) => "16 million (COLORTERM says so)",
        (false, true) => "256 (TERM says so)",
        (false, false) => "few",
    };
    let name = theme.name();
    match (term.as_str(), theme) {
        ("" | "dumb", _) => {
            let words = format!("TERM is {term:?}, which can neither colour nor move about");
            Finding::new(State::Warning, words)
                .advice("set it to the terminal's name, like xterm-256color")
        }
        (_, Theme::Mono) => {
            let why = match env("NO_COLOR") {
                Some(_) => ", since NO_COLOR is set",
                None => "",
            };
            Finding::new(State::Note, format!("no colours: the theme is mono{why}"))
        }
        _ => Finding::new(State::Good, format!("colours: {many}; the theme is {name}")),
    }
}

/// By the order in which the C library asks for them.
fn signs(env: impl Fn(&str) -> Option<String>) -> Finding {
    let variables = ["LC_ALL", "LC_CTYPE", "LANG"];
    let set = variables
        .into_iter()
        .find_map(|name| Some((name, env(name)?)));
    let is_utf8 = |value: &str| {
        let value = value.to_ascii_lowercase();
        value.contains("utf-8") || value.contains("utf8")
    };
    let words = match set {
        Some((name, value)) if is_utf8(&value) => {
            return Finding::new(
                State::Good,
                format!("signs beyond ASCII: {name} is {value}"),
            );
        }
        Some((name, value)) => {
            format!("{name} is {value}, which is not UTF-8: bars and signs may come out wrong")
        }
        None => {
            "neither LC_ALL nor LANG says that this is UTF-8: bars and signs may come out wrong"
                .to_owned()
        }
    };
    Finding::new(State::Warning, words).advice("set LC_ALL=C.UTF-8")
}

fn copying(way: Way, env: impl Fn(&str) -> Option<String>) -> Finding {
    let is = |name: &str, value: &str| env(name).is_some_and(|found| found == value);
    let deaf = [
        ("TERM", "linux", "the console"),
        ("TERM_PROGRAM", "Apple_Terminal", "Terminal.app"),
    ];
    let deaf = deaf.into_iter().find(|(name, value, _)| is(name, value));
    match (way, deaf) {
        (Way::Tmux, _) => Finding::new(
            State::Good,
            "copying goes to tmux, which passes it on where `set-clipboard` is on or external",
        ),
        (Way::Terminal, _) if env("STY").is_some() => Finding::new(
            State::Warning,
            "copying goes to the terminal (OSC 52), and screen does not pass that on",
        )
        .advice("hold Shift and select with the mouse, or use tmux"),
        (Way::Terminal, Some((.., name))) => {
            let words =
                format!("copying goes to the terminal (OSC 52), which {name} does not know");
            Finding::new(State::Warning, words).advice("hold Shift and select with the mouse")
        }
        (Way::Terminal, None) => Finding::new(
            State::Note,
            "copying goes to the terminal (OSC 52): most take it, some after it is allowed in their settings, none says so",
        ),
    }
}

/// What stands between.
fn inside(env: impl Fn(&str) -> Option<String>) -> Option<Finding> {
    let between = [
        ("TMUX", "tmux"),
        ("STY", "screen"),
        ("SSH_CONNECTION", "ssh"),
    ];
    let found: Vec<_> = between
        .into_iter()
        .filter(|(variable, _)| env(variable).is_some())
        .map(|(_, name)| name)
        .collect();
    let words = format!("inside {}", found.join(" and "));
    (!found.is_empty()).then(|| Finding::new(State::Note, words).data(found.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env<'a>(set: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        move |name| {
            let found = set.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    }

    #[test]
    fn colours_are_what_the_environment_says() {
        let xterm = ("TERM", "xterm-256color");
        let told = |theme, set: &[(&str, &str)]| colours(theme, env(set));
        let found = told(Theme::Dark, &[xterm, ("COLORTERM", "truecolor")]);
        assert!(found.what.contains("16 million") && found.what.contains("dark"));
        assert!(told(Theme::Terminal, &[xterm]).what.contains("256"));
        let found = told(Theme::Mono, &[xterm, ("NO_COLOR", "1")]);
        assert_eq!(found.state, State::Note);
        assert!(found.what.contains("NO_COLOR"));
        assert_eq!(told(Theme::Mono, &[]).state, State::Warning);
    }

    #[test]
    fn the_first_variable_that_is_set_says_whether_it_is_utf_8() {
        let state = |set: &[(&str, &str)]| signs(env(set)).state;
        assert_eq!(state(&[("LANG", "de_DE.UTF-8")]), State::Good);
        assert_eq!(
            state(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")]),
            State::Warning
        );
        assert_eq!(
            state(&[("LC_CTYPE", "en_GB.utf8"), ("LANG", "C")]),
            State::Good
        );
        assert_eq!(state(&[]), State::Warning);
    }

    #[test]
    fn what_does_not_pass_copies_on_is_named() {
        let state = |way, set: &[(&str, &str)]| copying(way, env(set)).state;
        assert_eq!(state(Way::Terminal, &[("TERM", "xterm")]), State::Note);
        assert_eq!(state(Way::Terminal, &[("STY", "1.x")]), State::Warning);
        assert_eq!(state(Way::Terminal, &[("TERM", "linux")]), State::Warning);
        assert_eq!(state(Way::Tmux, &[("TMUX", "x")]), State::Good);
        assert!(inside(env(&[])).is_none());
        let found = inside(env(&[("TMUX", "x"), ("SSH_CONNECTION", "y")])).unwrap();
        assert_eq!(found.what, "inside tmux and ssh");
    }

    #[test]
    fn a_terminal_that_is_too_small_is_told_what_is_needed() {
        let found = size(Size {
            width: 39,
            height: 24,
        });
        assert_eq!(found.state, State::Warning);
        assert!(found.advice.unwrap().contains("40 × 10"));
        assert_eq!(size(LEAST).state, State::Good);
    }
}
